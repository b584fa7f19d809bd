/**
 * The MCP server of the application, for {@link PropelAuthModuleOptions.mcp}.
 *
 * @see MCP specification 2026-07-28, "Authorization"
 * @publicApi
 */
export interface McpOptions {
  /**
   * The URL of the MCP endpoint, exactly as clients know it, such as `https://api.example.com/mcp`: https, or http on a loopback host,
   * without a query or fragment, in lower case up to the path. Only tokens that PropelAuth issued for it are accepted (RFC 8707); a slash at
   * the end makes no difference.
   */
  resource: string;

  /** The credentials for token introspection (RFC 7662), from the dashboard ("MCP", "Request Validation"). They are not the API key. */
  introspection: { clientId: string; clientSecret: string };

  /**
   * The scopes that clients may ask for, at least one. They are `scopes_supported` of the metadata, and decorators can only require these
   * scopes.
   */
  scopes: string[];

  /**
   * The origins of web pages that may call the MCP endpoint, such as `https://inspector.example.com`. A request with another `Origin`
   * gets 403. Requests without an `Origin` are always accepted: only browsers send it. Default: none.
   */
  allowedOrigins?: string[];

  /**
   * The URL of the resource metadata, if a proxy serves the application under a prefix. Its path has to contain
   * `/.well-known/oauth-protected-resource`; the application serves the path from there on. Default: the well-known address for `resource`
   * (RFC 9728, section 3.1).
   */
  metadataUrl?: string;

  /**
   * How many seconds the introspection of a token is cached, but never past the token's expiry: an integer from 0 to 60. A revoked token is
   * accepted for that long. With 0, PropelAuth is asked for every request. Default: 30.
   */
  cacheSeconds?: number;
}
