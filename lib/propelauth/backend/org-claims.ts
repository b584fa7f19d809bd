import { OrgMemberInfo, OrgRoleStructure } from '@propelauth/node-apis';
import {
  MalformedFieldError,
  NO_ENTRIES,
  readIdentifier,
  readOneOf,
  readProperties,
  readString,
  readStrings,
} from '../../values/json-fields.js';
import { isJsonObject, type JsonObject } from '../../values/json-object.js';

const ROLE_STRUCTURES = Object.values(OrgRoleStructure);

// A set, because a look-up in an object makes V8 intern the name first, which is a new string in each token.
const RESERVED_NAMES = new Set(Object.getOwnPropertyNames(Object.prototype));

/**
 * Reads the claim that lists the organizations of a user.
 *
 * @param claim a map from organization ids to memberships
 * @returns the memberships by the id of their organization, all frozen
 * @throws {MalformedFieldError} when an entry has a wrong type, or another id than its key
 */
export function readMemberships(claim: JsonObject): Record<string, OrgMemberInfo> {
  const memberships: Record<string, OrgMemberInfo> = {};
  for (const [orgId, entry] of Object.entries(claim)) {
    const membership = readMembership(entry);
    if (membership === undefined) continue;
    if (membership.orgId !== orgId) throw new MalformedFieldError();
    memberships[orgId] = membership;
  }
  return Object.freeze(memberships);
}

/**
 * Reads one membership, which tokens and PropelAuth's backend write in the same way. `null` is no membership, and neither is an entry without a role.
 *
 * @returns the membership, deeply frozen
 * @throws {MalformedFieldError} when something is of a wrong type
 */
export function readMembership(entry: unknown): OrgMemberInfo | undefined {
  if (entry === null || entry === undefined) return undefined;
  if (!isJsonObject(entry)) throw new MalformedFieldError();
  const role = readString(entry, 'user_role');
  const membership = new OrgMemberInfo(
    readOrgId(entry),
    // PropelAuth's class declares the names as strings, and tokens may lack them.
    readString(entry, 'org_name') as string,
    readProperties(entry, 'org_metadata') ?? NO_ENTRIES,
    readString(entry, 'url_safe_org_name') as string,
    role as string,
    readStrings(entry, 'inherited_user_roles_plus_current_role'),
    readStrings(entry, 'user_permissions'),
    readOneOf(entry, 'org_role_structure', ROLE_STRUCTURES),
    readStrings(entry, 'additional_roles'),
    readString(entry, 'legacy_org_id'),
  );
  return role === undefined ? undefined : Object.freeze(membership);
}

function readOrgId(entry: Record<string, unknown>): string {
  const orgId = readIdentifier(entry, 'org_id');
  // PropelAuth's User keeps memberships in a plain object, which inherits properties of these names.
  if (orgId === undefined || RESERVED_NAMES.has(orgId)) throw new MalformedFieldError();
  return orgId;
}
