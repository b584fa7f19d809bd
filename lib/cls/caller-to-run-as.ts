import { OrgMemberInfo as VendorOrgMemberInfo } from '@propelauth/node-apis';
import type { ApiKey } from '../types/api-key.js';
import type { Caller } from '../types/caller.js';
import type { McpToken } from '../types/mcp-token.interface.js';
import type { OrgMemberInfo } from '../types/org-member-info.js';
import type { User } from '../types/user.js';
import { deepFreeze } from '../values/deep-freeze.js';
import type { StoredCaller } from './caller-storage.js';
import { isJsonObject } from '../values/json-object.js';

/**
 * The caller that {@link CallerContext.run} runs a function as. Properties that you leave out are `null`.
 *
 * @publicApi
 */
export interface CallerToRunAs {
  /** The user, as from `PropelAuthService.validateAccessToken()`. */
  readonly user?: User | null;
  /** The organization. With its id alone, the caller has no role and no permission in it. */
  readonly org?: OrgMemberInfo | { readonly orgId: string } | null;
  /** PropelAuth's validation of the API key. */
  readonly apiKey?: ApiKey | null;
  /** PropelAuth's introspection of the MCP token. */
  readonly mcp?: McpToken | null;
}

const PROPERTIES = ['user', 'org', 'apiKey', 'mcp'];

/**
 * Checks the caller that an application passes.
 *
 * @throws {TypeError} if the caller is invalid. With a misspelled property, the function would run unauthenticated
 */
export function readCaller(caller: CallerToRunAs | null): StoredCaller {
  const given: unknown = caller ?? {};
  if (caller === undefined || !isJsonObject(given)) {
    throw new TypeError(
      'CallerContext.run() takes a caller, such as { user, org }, or null for an unauthenticated one.',
    );
  }
  for (const [key, value = null] of Object.entries(given)) {
    if (!PROPERTIES.includes(key)) {
      throw new TypeError(
        `CallerContext.run(): the caller has the unknown property "${key}". Known properties are ` +
          `${PROPERTIES.join(', ')}.`,
      );
    }
    if (typeof value !== 'object') {
      throw new TypeError(`CallerContext.run(): ${key} has to be an object or null.`);
    }
  }
  const { user, org, apiKey, mcp }: CallerToRunAs = given;
  if (user) checkUser(user);
  return {
    identified: identifiedAs(user ?? undefined, apiKey ?? undefined, mcp ?? undefined),
    org: org ? membershipOf(org) : null,
    context: undefined,
  };
}

function identifiedAs(user?: User, apiKey?: ApiKey, mcp?: McpToken): StoredCaller['identified'] {
  const kind = apiKey ? 'api-key' : mcp ? 'mcp' : user && 'user';
  if (kind === undefined) return null;
  return { user: user ?? null, describe: () => ({ kind, user, apiKey, mcp }) as Caller };
}

/** Accepts users of another copy of PropelAuth's client. */
function checkUser(user: User): void {
  checkId('user.userId', user.userId);
  if (typeof (user as Partial<User>).getOrg === 'function') return;
  throw new TypeError(
    'CallerContext.run(): user has to be a User, as from PropelAuthService.validateAccessToken(). If you only have a ' +
      'user id, pass it to the function as an argument.',
  );
}

function membershipOf(org: OrgMemberInfo | { readonly orgId: string }): VendorOrgMemberInfo {
  checkId('org.orgId', org.orgId);
  // Duck typing instead of `instanceof`, for memberships of another copy of PropelAuth's client.
  if ('isRole' in org && typeof org.isRole === 'function') return org;
  const unknown = Object.keys(org).find((key) => key !== 'orgId');
  if (unknown !== undefined) {
    throw new TypeError(
      `CallerContext.run(): org has the unknown property "${unknown}". Pass { orgId } alone, or an OrgMemberInfo, as from user.getOrg().`,
    );
  }
  return deepFreeze(new VendorOrgMemberInfo(org.orgId, '', {}, '', '', [], []));
}

function checkId(name: string, id: unknown): void {
  if (typeof id === 'string' && id !== '') return;
  throw new TypeError(`CallerContext.run(): ${name} has to be a non-empty string.`);
}
