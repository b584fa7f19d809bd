import type { OrgMemberInfo } from '@propelauth/node-apis';
import type { OrgReference } from '../../options/org-source.interface.js';
import type { Memberships } from '../rule-call.js';
import { Rejection } from '../../rejections/rejection.js';

/**
 * The membership of a caller in the organization that a request names.
 *
 * @param references the organization that the request names in each place that a rule reads. All must be the same
 * @throws {Rejection} if the request names no organization, different ones, or one without the caller as a member
 */
export function findNamedMembership(
  memberships: Memberships | undefined,
  references: readonly (OrgReference | undefined)[],
): OrgMemberInfo {
  let membership: OrgMemberInfo | undefined;
  for (const reference of references) {
    const named = findMembership(memberships, reference);
    if (membership !== undefined && membership !== named) throw new Rejection('org_mismatch');
    membership = named;
  }
  if (membership === undefined) throw new Rejection('org_missing');
  return membership;
}

/**
 * The membership of a caller in the organization with an id.
 *
 * @throws {Rejection} if the caller is not a member, or the id is not a plain string
 */
export function findMembershipById(
  memberships: Memberships | undefined,
  orgId: unknown,
): OrgMemberInfo {
  if (
    typeof orgId !== 'string' ||
    memberships === undefined ||
    !Object.hasOwn(memberships, orgId)
  ) {
    throw new Rejection('not_a_member');
  }
  return memberships[orgId] as OrgMemberInfo;
}

/**
 * The membership of a caller in an organization, named by id, by URL-safe name, or by both.
 *
 * @throws {Rejection} if there is no id or name, if they name different organizations, or if the caller is not a member
 */
export function findMembership(
  memberships: Memberships | undefined,
  reference: OrgReference | undefined,
): OrgMemberInfo {
  const { orgId, orgName } = reference ?? {};
  const byId = orgId === undefined ? undefined : findMembershipById(memberships, orgId);
  const byName = orgName === undefined ? undefined : findMembershipByName(memberships, orgName);
  if (byId !== undefined && byName !== undefined && byId !== byName)
    throw new Rejection('org_mismatch');
  const membership = byId ?? byName;
  if (membership === undefined) throw new Rejection('org_missing');
  return membership;
}

/** Finds a membership by the exact URL-safe name. If several organizations have the name, the call is rejected. */
function findMembershipByName(
  memberships: Memberships | undefined,
  orgName: unknown,
): OrgMemberInfo {
  const named = Object.values(memberships ?? {}).filter(
    ({ urlSafeOrgName }) => urlSafeOrgName === orgName,
  );
  if (typeof orgName !== 'string' || orgName === '' || named.length !== 1)
    throw new Rejection('not_a_member');
  return named[0] as OrgMemberInfo;
}
