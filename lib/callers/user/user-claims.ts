import {
  toUser,
  UserClass,
  type InternalUser,
  type OrgMemberInfo,
  type User,
} from '@propelauth/node-apis';
import type { JsonObject } from '../../values/json-object.js';
import { readIdentifier, readObject, readProperties, readString } from './claims.js';
import { readMembership, readMemberships } from './org-claims.js';
import { Rejection } from '../../rejections/rejection.js';

const NO_ORGANIZATIONS: Record<string, OrgMemberInfo> = Object.freeze({});

/**
 * Creates the user from a verified token's claims. The user is deeply frozen, because requests with the same token share it: each reader
 * returns frozen values, since walking the finished user takes three times as long.
 *
 * @throws {Rejection} `user_invalid` when the claims are not those of a PropelAuth user
 */
export function readUser(claims: JsonObject): UserClass {
  const userId = readIdentifier(claims, 'user_id');
  if (userId === undefined) throw new Rejection('user_invalid');
  const user = {
    userId,
    email: readString(claims, 'email'),
    firstName: readString(claims, 'first_name'),
    lastName: readString(claims, 'last_name'),
    username: readString(claims, 'username'),
    legacyUserId: readString(claims, 'legacy_user_id'),
    impersonatorUserId: readIdentifier(claims, 'impersonator_user_id'),
    properties: readProperties(claims, 'properties'),
    loginMethod: readLoginMethod(claims),
    ...readOrganizations(claims),
  };
  return Object.freeze(new UserClass(user as User));
}

/** A token is scoped to one, the active, organization (`org_member_info`), or lists all of them. */
function readOrganizations(claims: JsonObject): Pick<User, 'activeOrgId' | 'orgIdToOrgMemberInfo'> {
  const activeOrg = claims['org_member_info'] ?? undefined;
  if (activeOrg !== undefined) {
    const membership = readMembership(activeOrg);
    if (membership === undefined) return { orgIdToOrgMemberInfo: NO_ORGANIZATIONS };
    const { orgId } = membership;
    return { activeOrgId: orgId, orgIdToOrgMemberInfo: Object.freeze({ [orgId]: membership }) };
  }
  const memberships = readObject(claims, 'org_id_to_org_member_info');
  return memberships ? { orgIdToOrgMemberInfo: readMemberships(memberships) } : {};
}

/** PropelAuth's client knows the methods. */
function readLoginMethod(claims: JsonObject): User['loginMethod'] {
  const claim = readObject(claims, 'login_method');
  const login_method = claim && {
    login_method: readString(claim, 'login_method'),
    provider: readString(claim, 'provider'),
    org_id: readString(claim, 'org_id'),
  };
  return Object.freeze(toUser({ login_method } as InternalUser).loginMethod);
}
