/** What PropelAuth said about a credential, and when it was asked (milliseconds since the epoch): the answer is no newer than that. */
export interface DatedAnswer<Answer> {
  readonly answer: Answer;
  readonly askedAt: number;
  /** The same by the monotonic clock of this process, in seconds; `undefined` when another asked, or `liveAccess` is off. */
  readonly askedHereAt?: number | undefined;
}

/**
 * Whether something may still be believed by who believes for so long, whoever asked. By the wall clock, since the monotonic one
 * stands still while a machine sleeps; and what was asked in the future shows that the clock has been set back.
 *
 * @param askedAt in milliseconds since the epoch
 */
export function isCurrent(askedAt: number, lifetimeMilliseconds: number): boolean {
  const age = Date.now() - askedAt;
  return age >= 0 && age < lifetimeMilliseconds;
}
