import { OrgMemberInfo as VendorOrgMemberInfo, type ApiKeyValidation } from '@propelauth/node-apis';
import type { McpToken } from '../types/mcp-token.interface.js';
import type { OrgMemberInfo } from '../types/org-member-info.js';
import type { User } from '../types/user.js';
import { deepFreeze } from '../values/deep-freeze.js';
import type { StoredCaller } from './caller-storage.js';

/**
 * Whom {@link CurrentCaller.run} runs a function as. What is left out is `null` inside.
 *
 * @publicApi
 */
export interface CallerToRunAs {
  /** The user, as from `PropelAuthService.validateAccessToken()`. */
  readonly user?: User | null;
  /** The organization; in one that is given by its id alone, the caller has no role and no permission. */
  readonly org?: OrgMemberInfo | { readonly orgId: string } | null;
  /** What PropelAuth says of the API key. */
  readonly apiKey?: ApiKeyValidation | null;
  /** What PropelAuth says of the MCP token. */
  readonly mcp?: McpToken | null;
}

const PROPERTIES = ['user', 'org', 'apiKey', 'mcp'];

/**
 * The caller that an application gives.
 *
 * @throws {TypeError} when it is not one: something misspelled would run as nobody
 */
export function readCaller(caller: CallerToRunAs | null): StoredCaller {
  const given: unknown = caller;
  if (given === null) return storedCaller({});
  if (!isPlainObject(given)) {
    throw new TypeError(
      'CurrentCaller.run() takes a caller, such as { user, org }, or null for nobody.',
    );
  }
  const unknown = Object.keys(given).find((key) => !PROPERTIES.includes(key));
  if (unknown !== undefined) {
    throw new TypeError(
      `CurrentCaller.run(): a caller has no property "${unknown}". It has ${PROPERTIES.join(', ')}.`,
    );
  }
  for (const key of PROPERTIES) {
    const value = given[key] ?? null;
    if (typeof value !== 'object') {
      throw new TypeError(`CurrentCaller.run(): ${key} has to be an object or null.`);
    }
  }
  return storedCaller(given);
}

function storedCaller({ user, org, apiKey, mcp }: CallerToRunAs): StoredCaller {
  if (user) checkId('user.userId', user.userId);
  return Object.freeze({
    user: user ?? null,
    org: org ? membershipOf(org) : null,
    apiKey: apiKey ?? null,
    mcp: mcp ?? null,
    context: undefined,
  });
}

function membershipOf(org: OrgMemberInfo | { readonly orgId: string }): VendorOrgMemberInfo {
  checkId('org.orgId', org.orgId);
  if (isMembership(org)) return org;
  const unknown = Object.keys(org).find((key) => key !== 'orgId');
  if (unknown !== undefined) {
    throw new TypeError(
      `CurrentCaller.run(): an organization that is given by its id has no property "${unknown}". For a role and permissions, pass an ` +
        'OrgMemberInfo, as from user.getOrg().',
    );
  }
  return deepFreeze(new VendorOrgMemberInfo(org.orgId, '', {}, '', '', [], []));
}

/** Also of another copy of PropelAuth's client. */
function isMembership(org: object): org is OrgMemberInfo {
  return typeof (org as Partial<OrgMemberInfo>).isRole === 'function';
}

function checkId(name: string, id: unknown): void {
  if (typeof id === 'string' && id !== '') return;
  throw new TypeError(`CurrentCaller.run(): ${name} has to be a string that is not empty.`);
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
