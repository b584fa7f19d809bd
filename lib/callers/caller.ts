import type { ApiKeyValidation, UserClass } from '@propelauth/node-apis';
import { asDeclared } from '../types/as-declared.js';
import type { User } from '../types/user.js';
import type { McpToken } from '../types/mcp-token.interface.js';
import { ApiKeyCaller } from './api-key-caller.js';
import { McpCaller } from './mcp-caller.js';

/**
 * Who is calling: a user with an access token, a script with an API key, or an MCP client. {@link PropelAuthService.identify} returns it.
 *
 * @publicApi
 */
export interface Caller {
  /** By which credential the caller is known. */
  readonly kind: 'user' | 'api-key' | 'mcp';
  /** The id of the user; of an API key that of the user who made it, if one did. */
  readonly userId?: string;
  /** The organization that the token is scoped to, or in which the API key was made, if there is one. */
  readonly orgId?: string;
  /** The user of an access token; of an MCP token only where the handler's rules or parameters need the user. */
  readonly user?: User;
  /** What PropelAuth says of an API key. */
  readonly apiKey?: ApiKeyValidation;
  /** What PropelAuth says of the token of an MCP client. */
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

/** The key under which what one caller does is counted or kept apart; `undefined` for an API key of nobody. */
export function keyOf({ userId, orgId }: Caller): string | undefined {
  if (userId !== undefined) return `user:${userId}`;
  return orgId === undefined ? undefined : `org:${orgId}`;
}
