import { OrgMemberInfo } from '@propelauth/node-apis';
import type { CallerMembership } from '../../options/caller-kind.interface.js';
import type { Memberships } from '../../rules/rule-call.js';
import { deepFreeze } from '../../values/deep-freeze.js';

/** The memberships that the application lists, by organization and deeply frozen; `undefined` for anything but one for each organization. */
export function readMemberships(listed: unknown): Memberships | undefined {
  if (!Array.isArray(listed) || !listed.every(isMembership)) return undefined;
  const entries = listed.map(
    (membership) => [membership.orgId, toOrgMemberInfo(membership)] as const,
  );
  const memberships = Object.fromEntries(entries);
  return Object.keys(memberships).length === listed.length ? memberships : undefined;
}

function isMembership(value: unknown): value is CallerMembership {
  if (value instanceof OrgMemberInfo) return true;
  if (typeof value !== 'object' || value === null) return false;
  const { orgId, role, inheritedRoles, permissions } = value as Record<string, unknown>;
  return (
    typeof orgId === 'string' &&
    orgId !== '' &&
    typeof role === 'string' &&
    [inheritedRoles, permissions].every(areNames)
  );
}

function areNames(list: unknown): boolean {
  return (
    list === undefined || (Array.isArray(list) && list.every((name) => typeof name === 'string'))
  );
}

function toOrgMemberInfo(membership: CallerMembership): OrgMemberInfo {
  if (membership instanceof OrgMemberInfo) return frozenCopyOf(membership);
  const { orgId, orgName = '', urlSafeOrgName = '', role } = membership;
  const { inheritedRoles = [], permissions = [] } = membership;
  const noMetadata = {};
  const roles = [role, ...inheritedRoles];
  return deepFreeze(
    new OrgMemberInfo(orgId, orgName, noMetadata, urlSafeOrgName, role, roles, [...permissions]),
  );
}

/** The object of the application stays as it is. Those of PropelAuth's client that this package made are frozen already. */
function frozenCopyOf(membership: OrgMemberInfo): OrgMemberInfo {
  if (Object.isFrozen(membership)) return membership;
  const fields = structuredClone(membership) as object;
  return deepFreeze(Object.assign(Object.create(OrgMemberInfo.prototype), fields));
}
