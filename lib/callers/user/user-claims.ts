import { toUser, UserClass, type InternalUser } from '@propelauth/node-apis';
import type { JsonObject } from '../../values/json-object.js';
import { readIdentifier, readObject, readString } from './claims.js';
import { deepFreeze } from '../../values/deep-freeze.js';
import { readMembership, readMemberships } from './org-claims.js';
import { Rejection } from '../../rejections/rejection.js';

/**
 * Creates the user from a verified token's claims. The user is deeply frozen, because requests with the same token share it.
 *
 * @throws {Rejection} `user_invalid` when the claims are not those of a PropelAuth user
 */
export function readUser(claims: JsonObject): UserClass {
  const userId = readIdentifier(claims, 'user_id');
  if (userId === undefined) throw new Rejection('user_invalid');
  const checked = {
    user_id: userId,
    email: readString(claims, 'email'),
    first_name: readString(claims, 'first_name'),
    last_name: readString(claims, 'last_name'),
    username: readString(claims, 'username'),
    legacy_user_id: readString(claims, 'legacy_user_id'),
    impersonator_user_id: readIdentifier(claims, 'impersonator_user_id'),
    properties: readObject(claims, 'properties'),
    login_method: readLoginMethod(claims),
    ...readOrganizations(claims),
  };
  return deepFreeze(UserClass.fromUser(toUser(checked as InternalUser)));
}

/** A token is scoped to one, the active, organization (`org_member_info`), or lists all of them. */
function readOrganizations(
  claims: JsonObject,
): Pick<InternalUser, 'org_member_info' | 'org_id_to_org_member_info'> {
  const activeOrg = claims['org_member_info'] ?? undefined;
  if (activeOrg !== undefined) {
    const membership = readMembership(activeOrg);
    return membership ? { org_member_info: membership } : { org_id_to_org_member_info: {} };
  }
  const memberships = readObject(claims, 'org_id_to_org_member_info');
  return memberships ? { org_id_to_org_member_info: readMemberships(memberships) } : {};
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
