/** An end-user API key has been used more often than PropelAuth lets it. */
export class ApiKeyRateLimited extends Error {
  override readonly name = 'ApiKeyRateLimited';

  /** @param waitSeconds when the key may be used again, at least one second from now */
  constructor(readonly waitSeconds: number) {
    super('The API key is rate limited');
  }
}
