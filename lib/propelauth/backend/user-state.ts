import { OrgRoleStructure, type OrgMemberInfo } from '@propelauth/node-apis';
import { unavailable } from '../../rejections/rejection.js';
import { isJsonObject, type JsonObject } from '../../values/json-object.js';

const ROLE_STRUCTURES: unknown[] = Object.values(OrgRoleStructure);

const TEXTS_OF_PROFILE = [
  'email',
  'first_name',
  'last_name',
  'username',
  'legacy_user_id',
] as const;

/** The roles and permissions of a user in an organization, and the organization's name, with the names of PropelAuth's client. */
export type RolesInOrg = Pick<
  OrgMemberInfo,
  | 'userAssignedRole'
  | 'userInheritedRolesPlusCurrentRole'
  | 'userPermissions'
  | 'userAssignedAdditionalRoles'
> & {
  /** `undefined` if PropelAuth does not return it. */
  readonly orgRoleStructure?: OrgRoleStructure | undefined;
  readonly orgName?: string | undefined;
  readonly urlSafeOrgName?: string | undefined;
  readonly orgMetadata?: JsonObject | undefined;
  readonly legacyOrgId?: string | undefined;
};

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
  /** The organizations of the user, by id. */
  readonly orgs: ReadonlyMap<string, RolesInOrg>;
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
  if (!hasProfile(value)) return undefined;
  const orgs = new Map<string, RolesInOrg>();
  for (const [orgId, membership] of Object.entries(memberships)) {
    if (!isMembershipIn(orgId, membership)) return undefined;
    // A membership without a role does not count, as in access tokens.
    if (isString(membership['user_role'])) orgs.set(orgId, rolesOf(membership));
  }
  return { isEnabled, orgs, profile: profileOf(value) };
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

function isMembershipIn(orgId: string, value: unknown): value is JsonObject {
  return (
    isJsonObject(value) &&
    value['org_id'] === orgId &&
    isAbsentOr(isString, value['user_role']) &&
    isAbsentOr(isRoleStructure, value['org_role_structure']) &&
    isAbsentOr(isStrings, value['inherited_user_roles_plus_current_role']) &&
    isAbsentOr(isStrings, value['additional_roles']) &&
    isAbsentOr(isStrings, value['user_permissions']) &&
    isAbsentOr(isString, value['org_name']) &&
    isAbsentOr(isString, value['url_safe_org_name']) &&
    isAbsentOr(isString, value['legacy_org_id']) &&
    isAbsentOr(isJsonObject, value['org_metadata'])
  );
}

function hasProfile(value: JsonObject): boolean {
  return (
    TEXTS_OF_PROFILE.every((name) => isAbsentOr(isString, value[name])) &&
    isAbsentOr(isJsonObject, value['properties'])
  );
}

function profileOf(value: JsonObject): UserProfile {
  return {
    email: text(value['email']),
    firstName: text(value['first_name']),
    lastName: text(value['last_name']),
    username: text(value['username']),
    legacyUserId: text(value['legacy_user_id']),
    properties: object(value['properties']),
  };
}

function rolesOf(membership: JsonObject): RolesInOrg {
  const strings = (name: string) => (membership[name] ?? []) as string[];
  return {
    userAssignedRole: membership['user_role'] as string,
    userInheritedRolesPlusCurrentRole: strings('inherited_user_roles_plus_current_role'),
    userPermissions: strings('user_permissions'),
    userAssignedAdditionalRoles: strings('additional_roles'),
    orgRoleStructure: (membership['org_role_structure'] ?? undefined) as
      | OrgRoleStructure
      | undefined,
    orgName: text(membership['org_name']),
    urlSafeOrgName: text(membership['url_safe_org_name']),
    orgMetadata: object(membership['org_metadata']),
    legacyOrgId: text(membership['legacy_org_id']),
  };
}

/** An optional text whose type is already checked. */
function text(value: unknown): string | undefined {
  return (value ?? undefined) as string | undefined;
}

/** An optional object whose type is already checked. */
function object(value: unknown): JsonObject | undefined {
  return (value ?? undefined) as JsonObject | undefined;
}

// `null` counts as a missing field, as in access tokens.
function isAbsentOr(isRight: (value: unknown) => boolean, value: unknown): boolean {
  return value === undefined || value === null || isRight(value);
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function isStrings(value: unknown): boolean {
  return Array.isArray(value) && value.every(isString);
}

function isRoleStructure(value: unknown): boolean {
  return ROLE_STRUCTURES.includes(value);
}
