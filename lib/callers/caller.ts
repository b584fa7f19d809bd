import type { ApiKeyValidation, UserClass } from '@propelauth/node-apis';
import { asDeclared } from '../types/as-declared.js';
import type { User } from '../types/user.js';
import { ApiKeyCaller } from './api-key-caller.js';

/**
 * Who is calling: a user with an access token, or a script with an API key. {@link PropelAuthService.identify} returns it.
 *
 * @publicApi
 */
export interface Caller {
  /** By which credential the caller is known. */
  readonly kind: 'user' | 'api-key';
  /** The id of the user; of an API key that of the user who made it, if one did. */
  readonly userId?: string;
  /** The organization that the token is scoped to, or in which the API key was made, if there is one. */
  readonly orgId?: string;
  /** The user of an access token. */
  readonly user?: User;
  /** What PropelAuth says of an API key. */
  readonly apiKey?: ApiKeyValidation;
}

/** The caller as applications see it. */
export function callerOf(identified: UserClass | ApiKeyCaller): Caller {
  if (identified instanceof ApiKeyCaller) {
    const { apiKey } = identified;
    return { kind: 'api-key', userId: apiKey.user?.userId, orgId: apiKey.org?.orgId, apiKey };
  }
  const user = asDeclared(identified);
  return { kind: 'user', userId: user.userId, orgId: user.getActiveOrgId(), user };
}

/** The key under which what one caller does is counted or kept apart; `undefined` for an API key of nobody. */
export function keyOf({ userId, orgId }: Caller): string | undefined {
  if (userId !== undefined) return `user:${userId}`;
  return orgId === undefined ? undefined : `org:${orgId}`;
}
