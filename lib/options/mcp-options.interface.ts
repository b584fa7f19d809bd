/**
 * An MCP server that PropelAuth protects: {@link PropelAuthModuleOptions.mcp}.
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

  /** The scopes that clients may ask for, at least one: `scopes_supported` of the metadata. A decorator can require no other scope. */
  scopes: string[];

  /**
   * The origins of web pages that may call the MCP endpoint, such as `https://inspector.example.com`. A request with another `Origin`
   * gets 403. Requests without an `Origin` are always accepted: only browsers send it. Default: none.
   */
  allowedOrigins?: string[];

  /**
   * Where clients find the metadata of the resource, if a proxy serves the application under a prefix. Its path has to contain
   * `/.well-known/oauth-protected-resource`; from there on it is the path that the application serves. Default: the well-known address for
   * `resource` (RFC 9728, section 3.1).
   */
  metadataUrl?: string;

  /**
   * How many seconds PropelAuth's answer about a token is cached, but never past its expiry: an integer from 0 to 60. A revoked token is
   * accepted for that long. With 0, PropelAuth is asked for every request. Default: 30.
   */
  cacheSeconds?: number;
}
