/** No key is there to verify a token with. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';

  /** @param retryAfterSeconds when it is worth asking again, at least one second from now */
  constructor(readonly retryAfterSeconds: number) {
    super('There is no verification key yet');
  }
}
