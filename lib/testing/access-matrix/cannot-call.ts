import type { Fault } from './finding.js';

/** A handler cannot be called. The message says why, and what `toHold()` needs. */
export class CannotCall extends Error {}

/** The callers of a handler cannot be made as its rule distinguishes them. */
export class CannotMakeCallers extends Error {
  constructor(readonly faults: readonly Fault[]) {
    super(faults[0]?.problem);
  }
}
