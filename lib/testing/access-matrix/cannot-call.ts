/** A handler cannot be called. The message says why, and what `toHold()` needs. */
export class CannotCall extends Error {}

/** A rule that no caller can pass. The message is the rest of a sentence that begins with the name of the handler. */
export class UnmeetableRule extends Error {
  constructor(
    problem: string,
    readonly advice: string,
  ) {
    super(problem);
  }
}
