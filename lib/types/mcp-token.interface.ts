/**
 * The access token of an MCP client, as PropelAuth introspects it. `@CurrentMcpToken()` injects it. It does not contain the token itself.
 *
 * @see RFC 7662, section 2.2
 * @publicApi
 */
export interface McpToken {
  /** The id of the user who authorized the client: `sub`. */
  readonly userId: string;
  /** The id of the OAuth client: `client_id`. */
  readonly clientId: string;
  /** The scopes that the user granted, which may be fewer than the client asked for. */
  readonly scopes: readonly string[];
  /** The organization that the user chose for the client, if any: `org_id`. Organization rules accept no other. */
  readonly orgId?: string;
  /** When the token expires: seconds since 1970, as in the MCP SDK's `AuthInfo`. */
  readonly expiresAt: number;
}
