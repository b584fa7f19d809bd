import type { OrgMemberInfo } from '@propelauth/node-apis';
import { unavailable } from '../../rejections/rejection.js';
import { MalformedFieldError, readProperties, readString } from '../../values/json-fields.js';
import { isJsonObject, type JsonObject } from '../../values/json-object.js';
import { readMembership } from './org-claims.js';

/** The profile of a user, with the names of PropelAuth's client. No access decision depends on it. */
interface UserProfile {
  readonly email?: string | undefined;
  readonly firstName?: string | undefined;
  readonly lastName?: string | undefined;
  readonly username?: string | undefined;
  readonly legacyUserId?: string | undefined;
  readonly properties?: JsonObject | undefined;
}

/** The current state of a user, as PropelAuth's backend reports it. */
export interface UserState {
  /** Whether the user may sign in. */
  readonly isEnabled: boolean;
  /** The memberships of the user, by the id of the organization, deeply frozen. */
  readonly orgs: ReadonlyMap<string, OrgMemberInfo>;
  readonly profile?: UserProfile;
}

/**
 * Reads a user from PropelAuth's response. Access depends on the result, so a user that is not as documented is unusable. A missing list of
 * roles or permissions is empty.
 *
 * @param value the user in PropelAuth's response, as JSON
 * @param userId the requested user
 * @returns `undefined` if the value is malformed or about another user
 */
export function readUserState(value: unknown, userId: string): UserState | undefined {
  if (!isJsonObject(value) || value['user_id'] !== userId) return undefined;
  const { enabled: isEnabled, org_id_to_org_info: memberships } = value;
  if (typeof isEnabled !== 'boolean' || !isJsonObject(memberships)) return undefined;
  try {
    return { isEnabled, orgs: readOrgs(memberships), profile: readProfile(value) };
  } catch (error) {
    if (error instanceof MalformedFieldError) return undefined;
    throw error;
  }
}

/**
 * Reads the users from PropelAuth's response.
 *
 * @returns the users by id. Users whose data is missing or malformed are left out
 * @throws {Rejection} when the response is not a list
 */
export function readUserStates(value: unknown, userIds: readonly string[]): Map<string, UserState> {
  if (!Array.isArray(value)) {
    throw unavailable('PropelAuth returned an invalid response about users');
  }
  const states = new Map<string, UserState>();
  for (const userId of userIds) {
    const entries = value.filter((entry) => isJsonObject(entry) && entry['user_id'] === userId);
    // Two entries about one user may contradict each other, so neither counts.
    const state = entries.length === 1 ? readUserState(entries[0], userId) : undefined;
    if (state !== undefined) states.set(userId, state);
  }
  return states;
}

function readOrgs(memberships: JsonObject): Map<string, OrgMemberInfo> {
  const orgs = new Map<string, OrgMemberInfo>();
  for (const [orgId, entry] of Object.entries(memberships)) {
    if (!isJsonObject(entry) || entry['org_id'] !== orgId) throw new MalformedFieldError();
    const membership = readMembership(entry);
    if (membership !== undefined) orgs.set(orgId, membership);
  }
  return orgs;
}

function readProfile(user: JsonObject): UserProfile {
  return {
    email: readString(user, 'email'),
    firstName: readString(user, 'first_name'),
    lastName: readString(user, 'last_name'),
    username: readString(user, 'username'),
    legacyUserId: readString(user, 'legacy_user_id'),
    properties: readProperties(user, 'properties'),
  };
}
