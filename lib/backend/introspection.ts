import type { McpToken } from '../types/mcp-token.interface.js';

/** What PropelAuth says of an access token that it calls active, as far as it is understood (RFC 7662, section 2.2). */
export interface Introspection {
  readonly token: McpToken;
  /** When the token was issued, `iat`: seconds since 1970. `undefined` when PropelAuth does not say. */
  readonly issuedAt: number | undefined;
  /** The resources that `aud` names. `undefined` when there is no `aud`; empty for one that is not understood. */
  readonly aud: readonly string[] | undefined;
  /** Like `aud`, for `resource`. */
  readonly resource: readonly string[] | undefined;
}
