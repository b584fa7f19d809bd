import { OrgMemberInfo, OrgRoleStructure } from '@propelauth/node-apis';
import { isJsonObject, type JsonObject } from '../../values/json-object.js';
import {
  NO_ENTRIES,
  NO_STRINGS,
  readIdentifier,
  readProperties,
  readString,
  readStrings,
} from './claims.js';
import { Rejection } from '../../rejections/rejection.js';

/** The possible values of `org_role_structure`. */
const ROLE_STRUCTURES = new Map<string, OrgRoleStructure>(
  Object.values(OrgRoleStructure).map((structure) => [structure, structure]),
);

// A set, because a look-up in an object makes V8 intern the name first, which is a new string in each token.
const RESERVED_NAMES = new Set(Object.getOwnPropertyNames(Object.prototype));

/**
 * Reads the claim that lists the organizations of a user.
 *
 * @param claim a map from organization ids to memberships
 * @returns the memberships by the id of their organization, all frozen
 * @throws {Rejection} `user_invalid` when an entry has a wrong type, or another id than its key
 */
export function readMemberships(claim: JsonObject): Record<string, OrgMemberInfo> {
  const memberships: Record<string, OrgMemberInfo> = {};
  for (const [orgId, entry] of Object.entries(claim)) {
    const membership = readMembership(entry);
    if (membership === undefined) continue;
    if (membership.orgId !== orgId) throw new Rejection('user_invalid');
    memberships[orgId] = membership;
  }
  return Object.freeze(memberships);
}

/**
 * Reads one membership. `null` is no membership, and neither is an entry without a role.
 *
 * @returns the membership, deeply frozen
 * @throws {Rejection} `user_invalid` when something is of a wrong type
 */
export function readMembership(entry: unknown): OrgMemberInfo | undefined {
  if (entry === null || entry === undefined) return undefined;
  if (!isJsonObject(entry)) throw new Rejection('user_invalid');
  const role = readString(entry, 'user_role');
  const membership = new OrgMemberInfo(
    readOrgId(entry),
    // PropelAuth's class declares the names as strings, and tokens may lack them.
    readString(entry, 'org_name') as string,
    readProperties(entry, 'org_metadata') ?? NO_ENTRIES,
    readString(entry, 'url_safe_org_name') as string,
    role as string,
    readStrings(entry, 'inherited_user_roles_plus_current_role') ?? NO_STRINGS,
    readStrings(entry, 'user_permissions') ?? NO_STRINGS,
    readRoleStructure(entry),
    readStrings(entry, 'additional_roles') ?? NO_STRINGS,
    readString(entry, 'legacy_org_id'),
  );
  return role === undefined ? undefined : Object.freeze(membership);
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
