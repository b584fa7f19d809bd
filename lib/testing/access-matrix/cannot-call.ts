/** A handler cannot be called. The message says why, and what `toHold()` needs. */
export class CannotCall extends Error {}
