import type { ApiKeyValidation, UserClass } from '@propelauth/node-apis';
import { asDeclared } from '../types/as-declared.js';
import type { User } from '../types/user.js';
import type { McpToken } from '../types/mcp-token.interface.js';
import { ApiKeyCaller } from './api-key/api-key-caller.js';
import { McpCaller } from '../mcp/callers/mcp-caller.js';

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
  readonly apiKey?: ApiKeyValidation;
  /** PropelAuth's introspection of the MCP token. */
  readonly mcp?: McpToken;
}

/** The caller as applications see it. */
export function callerOf(identified: UserClass | ApiKeyCaller | McpCaller): Caller {
  if (identified instanceof ApiKeyCaller) {
    const { apiKey } = identified;
    return { kind: 'api-key', userId: apiKey.user?.userId, orgId: apiKey.org?.orgId, apiKey };
  }
  if (identified instanceof McpCaller) {
    const { token, user } = identified;
    const { userId, orgId } = token;
    return { kind: 'mcp', userId, orgId, mcp: token, ...(user && { user: asDeclared(user) }) };
  }
  const user = asDeclared(identified);
  return { kind: 'user', userId: user.userId, orgId: user.getActiveOrgId(), user };
}

/** The key that identifies a caller, for counters and caches; `undefined` for an API key without an owner. */
export function keyOf({ userId, orgId }: Caller): string | undefined {
  if (userId !== undefined) return `user:${userId}`;
  return orgId === undefined ? undefined : `org:${orgId}`;
}
