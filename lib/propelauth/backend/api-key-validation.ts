import { OrgMemberInfo, OrgRoleStructure, type ApiKeyValidation } from '@propelauth/node-apis';
import type { ApiKey, ApiKeyKind } from '../../types/api-key.js';
import { deepFreeze } from '../../values/deep-freeze.js';
import {
  MalformedFieldError,
  readIdentifier,
  readObject,
  readOneOf,
  readString,
  readStrings,
} from '../../values/json-fields.js';
import { isJsonObject, type JsonObject } from '../../values/json-object.js';

const ROLE_STRUCTURES = Object.values(OrgRoleStructure);

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
    if (error instanceof MalformedFieldError) return undefined;
    throw error;
  }
}

function readFields(value: JsonObject): ApiKeyValidation {
  const metadata = readObject(value, 'metadata');
  const user = readObject(value, 'user');
  const org = readObject(value, 'org');
  const entry = readObject(value, 'userInOrg');
  const userInOrg = readMembership(entry);
  if (user !== undefined) {
    readId(user, 'userId');
    readString(user, 'email');
  }
  if (org !== undefined) readId(org, 'orgId');
  if (userInOrg !== undefined && userInOrg.orgId !== org?.['orgId'])
    throw new MalformedFieldError();
  // A membership needs a user: without one, the key would get roles that it does not have.
  if (entry !== undefined && user === undefined) throw new MalformedFieldError();
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

/** The user with memberships of the class `OrgMemberInfo`. JSON drops their methods. */
function withMemberships(user: JsonObject): JsonObject {
  const memberships = readObject(user, 'orgIdToOrgInfo');
  if (memberships === undefined) return user;
  const entries = Object.keys(memberships).flatMap((orgId) => {
    const membership = readMembership(readObject(memberships, orgId));
    if (membership === undefined) return [];
    if (membership.orgId !== orgId) throw new MalformedFieldError();
    return [[orgId, membership] as const];
  });
  return { ...user, orgIdToOrgInfo: Object.fromEntries(entries) };
}

/** The membership; `undefined` without a role, as in access tokens. */
function readMembership(entry: JsonObject | undefined): OrgMemberInfo | undefined {
  if (entry === undefined) return undefined;
  const role = readString(entry, 'userAssignedRole');
  const membership = new OrgMemberInfo(
    readId(entry, 'orgId'),
    readString(entry, 'orgName') as string,
    readObject(entry, 'orgMetadata') ?? {},
    readString(entry, 'urlSafeOrgName') as string,
    role as string,
    readStrings(entry, 'userInheritedRolesPlusCurrentRole'),
    readStrings(entry, 'userPermissions'),
    readOneOf(entry, 'orgRoleStructure', ROLE_STRUCTURES),
    readStrings(entry, 'userAssignedAdditionalRoles'),
    readString(entry, 'legacyOrgId'),
  );
  return role === undefined ? undefined : membership;
}

function readId(object: JsonObject, name: string): string {
  const id = readIdentifier(object, name);
  if (id === undefined) throw new MalformedFieldError();
  return id;
}
