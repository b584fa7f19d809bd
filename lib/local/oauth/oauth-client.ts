/**
 * An application that may send people here to sign in, as the dashboard of PropelAuth registers it.
 * It runs in a browser, so it has no secret; that it is the same one all along is proved by PKCE
 * (RFC 7636).
 */
export class OAuthClient {
  /**
   * @param id what it calls itself
   * @param redirectUri the one place that codes are sent to, compared as text (RFC 9700, section
   * 2.1): "localhost" and "127.0.0.1" are different places, for the browser as well
   */
  constructor(
    readonly id: string,
    readonly redirectUri: string,
  ) {}
}
