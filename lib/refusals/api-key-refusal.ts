/** Why an end-user API key is refused. */
export type ApiKeyRefusalReason = 'api_key_unknown';

/** PropelAuth does not know an end-user API key, or no longer. The key itself is not kept. */
export class ApiKeyRefusal extends Error {
  override readonly name = 'ApiKeyRefusal';

  constructor(readonly reason: ApiKeyRefusalReason = 'api_key_unknown') {
    super(reason);
  }
}
