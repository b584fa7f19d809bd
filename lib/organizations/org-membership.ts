import type { OrgMemberInfo } from '@propelauth/node-apis';
import type { OrgReference } from '../options/org-source.interface.js';
import { Rejection } from '../rejections/rejection.js';

/** The organizations that a caller is in, by their ids. */
export type Memberships = Readonly<Record<string, OrgMemberInfo>>;

/**
 * The membership of a caller in the organization that a request names.
 *
 * @param references what the request names, in each place where a rule looks; all have to be the same organization
 * @throws {Rejection} when it names none, different ones, or one that the caller is not in
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
 * The membership of a caller in the organization of that id.
 *
 * @throws {Rejection} when the caller is not a member, or the id is not a plain string
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
 * The membership of a caller in an organization that is named by id, by URL-safe name, or by both.
 *
 * @throws {Rejection} when none is named, when both are and differ, and when the caller is not a member
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

/** By URL-safe name, exactly. Names of organizations are unique; if a name is not, it is rejected. */
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
