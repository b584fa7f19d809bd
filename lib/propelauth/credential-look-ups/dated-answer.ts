/**
 * PropelAuth's answer about a credential, and when PropelAuth was asked, in milliseconds since the epoch. Later changes may be missing from
 * the answer.
 */
export interface DatedAnswer<Answer> {
  readonly answer: Answer;
  readonly askedAt: number;
  /** `askedAt` by the monotonic clock of this process, in seconds; `undefined` if another instance asked, or `liveAccess()` is off. */
  readonly askedHereAt?: number | undefined;
}

/**
 * Whether an answer is younger than its lifetime. Uses the wall clock, since the monotonic one stands still while a machine sleeps. A time
 * in the future shows that the clock has been set back.
 *
 * @param askedAt when PropelAuth was asked, in milliseconds since the epoch
 */
export function isCurrent(askedAt: number, lifetimeMilliseconds: number): boolean {
  const age = Date.now() - askedAt;
  return age >= 0 && age < lifetimeMilliseconds;
}
