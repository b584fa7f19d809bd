import { OrgRoleStructure, type InternalOrgMemberInfo } from '@propelauth/node-apis';
import { isJsonObject } from '../../values/json-object.js';
import { readIdentifier, readObject, readString, readStrings } from './claims.js';
import { Rejection } from '../../rejections/rejection.js';

/** The possible values of `org_role_structure`. */
const ROLE_STRUCTURES = new Map<string, OrgRoleStructure>(
  Object.values(OrgRoleStructure).map((structure) => [structure, structure]),
);

// A set, because a look-up in an object makes V8 intern the name first, which is a new string in each token.
const RESERVED_NAMES = new Set(Object.getOwnPropertyNames(Object.prototype));

/** The memberships of a user, as the claim `org_id_to_org_member_info` holds them. */
export type MembershipClaims = Record<string, InternalOrgMemberInfo>;

/**
 * Checks the claim that lists the organizations of a user.
 *
 * @param memberships the claim: a map from organization ids to memberships
 * @throws {Rejection} `user_invalid` when an entry has a wrong type, or another id than its key
 */
export function readMemberships(memberships: Record<string, unknown>): MembershipClaims {
  const checked: MembershipClaims = {};
  for (const [orgId, entry] of Object.entries(memberships)) {
    const membership = readMembership(entry);
    if (membership === undefined) continue;
    if (membership.org_id !== orgId) throw new Rejection('user_invalid');
    checked[orgId] = membership;
  }
  return checked;
}

/**
 * Checks one membership. `null` is no membership, and neither is an entry without a role.
 *
 * @throws {Rejection} `user_invalid` when something is of a wrong type
 */
export function readMembership(entry: unknown): InternalOrgMemberInfo | undefined {
  if (entry === null || entry === undefined) return undefined;
  if (!isJsonObject(entry)) throw new Rejection('user_invalid');
  const membership = {
    org_id: readOrgId(entry),
    org_name: readString(entry, 'org_name'),
    url_safe_org_name: readString(entry, 'url_safe_org_name'),
    org_metadata: readObject(entry, 'org_metadata') ?? {},
    legacy_org_id: readString(entry, 'legacy_org_id'),
    org_role_structure: readRoleStructure(entry),
    user_role: readString(entry, 'user_role'),
    inherited_user_roles_plus_current_role:
      readStrings(entry, 'inherited_user_roles_plus_current_role') ?? [],
    additional_roles: readStrings(entry, 'additional_roles') ?? [],
    user_permissions: readStrings(entry, 'user_permissions') ?? [],
  };
  if (membership.user_role === undefined) return undefined;
  return membership as InternalOrgMemberInfo;
}

function readOrgId(entry: Record<string, unknown>): string {
  const orgId = readIdentifier(entry, 'org_id');
  // PropelAuth's User keeps memberships in a plain object, which inherits properties of these names.
  if (orgId === undefined || RESERVED_NAMES.has(orgId)) throw new Rejection('user_invalid');
  return orgId;
}

function readRoleStructure(entry: Record<string, unknown>): OrgRoleStructure | undefined {
  const structure = readString(entry, 'org_role_structure');
  if (structure === undefined) return undefined;
  const known = ROLE_STRUCTURES.get(structure);
  if (known === undefined) throw new Rejection('user_invalid');
  return known;
}
