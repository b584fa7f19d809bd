import { toUser, UserClass, type InternalUser, type User } from '@propelauth/node-apis';
import type { JsonObject } from '../../values/json-object.js';
import {
  MalformedFieldError,
  readIdentifier,
  readObject,
  readProperties,
  readString,
} from '../../values/json-fields.js';
import { readMembership, readMemberships } from '../../propelauth/backend/org-claims.js';

/**
 * Creates the user from a verified token's claims. The user is deeply frozen, because requests with the same token share it: each reader
 * returns frozen values, since walking the finished user takes three times as long.
 *
 * @throws {MalformedFieldError} when the claims are not those of a PropelAuth user
 */
export function readUser(claims: JsonObject): UserClass {
  const userId = readIdentifier(claims, 'user_id');
  if (userId === undefined) throw new MalformedFieldError();
  // PropelAuth's client knows the login methods.
  const user = toUser({
    user_id: userId,
    email: readString(claims, 'email'),
    first_name: readString(claims, 'first_name'),
    last_name: readString(claims, 'last_name'),
    username: readString(claims, 'username'),
    legacy_user_id: readString(claims, 'legacy_user_id'),
    impersonator_user_id: readIdentifier(claims, 'impersonator_user_id'),
    properties: readProperties(claims, 'properties'),
    login_method: readLoginMethod(claims),
  } as InternalUser);
  Object.freeze(user.loginMethod);
  readOrganizations(claims, user);
  return Object.freeze(new UserClass(user));
}

/** A token is scoped to one, the active, organization (`org_member_info`), or lists all of them. */
function readOrganizations(claims: JsonObject, user: User): void {
  const activeOrg = claims['org_member_info'] ?? undefined;
  if (activeOrg !== undefined) {
    const membership = readMembership(activeOrg);
    user.activeOrgId = membership?.orgId;
    user.orgIdToOrgMemberInfo = Object.freeze(membership ? { [membership.orgId]: membership } : {});
    return;
  }
  const memberships = readObject(claims, 'org_id_to_org_member_info');
  if (memberships !== undefined) user.orgIdToOrgMemberInfo = readMemberships(memberships);
}

function readLoginMethod(claims: JsonObject): JsonObject | undefined {
  const loginMethod = readObject(claims, 'login_method');
  return (
    loginMethod && {
      login_method: readString(loginMethod, 'login_method'),
      provider: readString(loginMethod, 'provider'),
      org_id: readString(loginMethod, 'org_id'),
    }
  );
}
