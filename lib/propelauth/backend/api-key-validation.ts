import { OrgMemberInfo, OrgRoleStructure, type ApiKeyValidation } from '@propelauth/node-apis';
import type { ApiKey, ApiKeyKind } from '../../types/api-key.js';
import { deepFreeze } from '../../values/deep-freeze.js';
import { isJsonObject, type JsonObject } from '../../values/json-object.js';

const ROLE_STRUCTURES: unknown[] = Object.values(OrgRoleStructure);

/**
 * Reads the validation of an end-user API key. Checks the ids of user and organization, and that the membership is in this organization.
 * Unknown fields of user and organization are kept.
 *
 * @param value PropelAuth's response with the names of {@link ApiKeyValidation}, or a validation that was stored as JSON
 * @param isImported whether PropelAuth was asked about imported keys. Nothing in the value says so
 * @returns the validation, deeply frozen, its membership an `OrgMemberInfo`; `undefined` if the value is malformed
 */
export function readApiKeyValidation(value: unknown, isImported: boolean): ApiKey | undefined {
  if (!isJsonObject(value)) return undefined;
  try {
    const fields = readFields(value);
    const kind = isImported ? 'imported' : kindByOwner(fields);
    return deepFreeze({ ...fields, kind } as ApiKey);
  } catch (error) {
    if (error instanceof MalformedValidationError) return undefined;
    throw error;
  }
}

/** A field has a wrong type, or contradicts another field. */
class MalformedValidationError extends Error {}

function readFields(value: JsonObject): ApiKeyValidation {
  const metadata = readObject(value, 'metadata');
  const user = readObject(value, 'user');
  const org = readObject(value, 'org');
  const entry = readObject(value, 'userInOrg');
  const userInOrg = readMembership(entry);
  if (user !== undefined) checkUser(user);
  if (org !== undefined) readIdentifier(org, 'orgId');
  if (userInOrg !== undefined && userInOrg.orgId !== org?.['orgId'])
    throw new MalformedValidationError();
  // A membership needs a user: without one, the key would get roles that it does not have.
  if (entry !== undefined && user === undefined) throw new MalformedValidationError();
  return {
    ...(metadata && { metadata }),
    ...(user && { user: withMemberships(user) as unknown as ApiKeyValidation['user'] }),
    ...(org && { org: org as unknown as ApiKeyValidation['org'] }),
    ...(userInOrg && { userInOrg }),
  };
}

function kindByOwner({ user, org }: ApiKeyValidation): ApiKeyKind {
  if (org !== undefined) return 'org';
  return user === undefined ? 'generic' : 'personal';
}

function checkUser(user: JsonObject): void {
  readIdentifier(user, 'userId');
  readString(user, 'email');
}

/** The user with memberships of the class `OrgMemberInfo`. JSON drops their methods. */
function withMemberships(user: JsonObject): JsonObject {
  const memberships = readObject(user, 'orgIdToOrgInfo');
  if (memberships === undefined) return user;
  const entries = Object.keys(memberships).flatMap((orgId) => {
    const membership = readMembership(readObject(memberships, orgId));
    if (membership === undefined) return [];
    if (membership.orgId !== orgId) throw new MalformedValidationError();
    return [[orgId, membership] as const];
  });
  return { ...user, orgIdToOrgInfo: Object.fromEntries(entries) };
}

/** The membership; `undefined` without a role, as in access tokens. */
function readMembership(entry: JsonObject | undefined): OrgMemberInfo | undefined {
  if (entry === undefined) return undefined;
  const role = readString(entry, 'userAssignedRole');
  const membership = new OrgMemberInfo(
    readIdentifier(entry, 'orgId'),
    readString(entry, 'orgName') as string,
    readObject(entry, 'orgMetadata') ?? {},
    readString(entry, 'urlSafeOrgName') as string,
    role as string,
    readStrings(entry, 'userInheritedRolesPlusCurrentRole'),
    readStrings(entry, 'userPermissions'),
    readRoleStructure(entry),
    readStrings(entry, 'userAssignedAdditionalRoles'),
    readString(entry, 'legacyOrgId'),
  );
  return role === undefined ? undefined : membership;
}

function readRoleStructure(entry: JsonObject): OrgRoleStructure | undefined {
  const structure = entry['orgRoleStructure'] ?? undefined;
  if (structure !== undefined && !ROLE_STRUCTURES.includes(structure))
    throw new MalformedValidationError();
  return structure as OrgRoleStructure | undefined;
}

// The functions below treat `null` as a missing field, as in claims.

function readIdentifier(object: JsonObject, name: string): string {
  const value = readString(object, name);
  if (value === undefined || value === '') throw new MalformedValidationError();
  return value;
}

function readString(object: JsonObject, name: string): string | undefined {
  const value = object[name] ?? undefined;
  if (value !== undefined && typeof value !== 'string') throw new MalformedValidationError();
  return value;
}

function readStrings(object: JsonObject, name: string): string[] {
  const value = object[name] ?? [];
  if (!Array.isArray(value) || !value.every((entry) => typeof entry === 'string')) {
    throw new MalformedValidationError();
  }
  return value;
}

function readObject(object: JsonObject, name: string): JsonObject | undefined {
  const value = object[name] ?? undefined;
  if (value !== undefined && !isJsonObject(value)) throw new MalformedValidationError();
  return value;
}
