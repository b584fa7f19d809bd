import type { ApiKey } from './api-key.js';
import type { User } from './user.js';
import type { McpToken } from './mcp-token.interface.js';

/**
 * The caller of a request: a user with an access token, a script with an API key, or an MCP client. {@link PropelAuthService.identify}
 * returns it.
 *
 * @publicApi
 */
export interface Caller {
  /** The kind of the caller's credential. */
  readonly kind: 'user' | 'api-key' | 'mcp';
  /** The id of the user. For an API key, the user who created it, if any. */
  readonly userId?: string;
  /** The organization that the token is scoped to, or to which the API key belongs, if any. */
  readonly orgId?: string;
  /** The user of an access token. For an MCP token, only if the rules or parameters of the handler need the user. */
  readonly user?: User;
  /** PropelAuth's validation of the API key. */
  readonly apiKey?: ApiKey;
  /** PropelAuth's introspection of the MCP token. */
  readonly mcp?: McpToken;
}
