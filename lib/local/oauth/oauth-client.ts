/**
 * An OAuth2 client that can sign users in. It runs in a browser, so it has no secret and uses PKCE (RFC 7636).
 */
export class OAuthClient {
  /**
   * @param id the client ID
   * @param redirectUri the only redirect URI, compared as text (RFC 9700, section 2.1): "localhost" and "127.0.0.1" are different
   * origins in the browser too
   */
  constructor(
    readonly id: string,
    readonly redirectUri: string,
  ) {}

  /** The page that the client runs on: the one above the redirect URI, as of Swagger UI. */
  get page(): string {
    return new URL('.', this.redirectUri).href.replace(/\/$/, '');
  }
}
