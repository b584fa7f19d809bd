/**
 * PropelAuth could not be asked, or gave an answer that says neither yes nor no: a state that may pass. The message says what
 * happened; it repeats neither what was sent nor what was answered.
 */
export class PropelAuthOutOfReach extends Error {
  override readonly name = 'PropelAuthOutOfReach';

  /** @param retryAfterSeconds how long PropelAuth asks to be left alone, if it does */
  constructor(
    message: string,
    readonly retryAfterSeconds?: number,
  ) {
    super(message);
  }
}
