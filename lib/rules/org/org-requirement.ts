import type { OrgMemberInfo } from '@propelauth/node-apis';
import type { RejectionReason } from '../../rejections/rejection-table.js';
import { Rejection } from '../../rejections/rejection.js';
import { checkAll, checkAlternatives, type AnyOf } from '../required-names.js';

/**
 * The requirement of an organization rule: membership, at least or exactly a role, exactly one of several roles, all of several
 * permissions, or one of them.
 *
 * @publicApi
 */
export type OrgRequirement =
  | { readonly type: 'member' }
  | { readonly type: 'role'; readonly role: string; readonly exact: boolean }
  | { readonly type: 'any-role'; readonly roles: readonly string[] }
  | { readonly type: 'permissions'; readonly permissions: readonly string[] }
  | { readonly type: 'any-permission'; readonly permissions: readonly string[] };

/** @throws {Rejection} if a membership does not meet a requirement */
export function assertMeets(org: OrgMemberInfo, requirement: OrgRequirement): void {
  const unmet = unmetReasonOf(org, requirement);
  if (unmet === undefined) return;
  const detail = describeUnmet(org, requirement);
  throw new Rejection(unmet, { orgId: org.orgId, ...(detail && { detail }) });
}

/** Why a membership does not meet a requirement; `undefined` when it does. */
export function unmetReasonOf(
  org: OrgMemberInfo,
  requirement: OrgRequirement,
): RejectionReason | undefined {
  switch (requirement.type) {
    case 'member':
      return undefined;
    case 'role':
      return hasRole(org, requirement) ? undefined : 'role_missing';
    case 'any-role':
      return requirement.roles.some((role) => org.isRole(role)) ? undefined : 'role_missing';
    case 'permissions':
      return hasPermissions(org, requirement.permissions) ? undefined : 'permission_missing';
    case 'any-permission':
      return requirement.permissions.some((permission) => org.hasPermission(permission))
        ? undefined
        : 'permission_missing';
  }
}

/** Describes why a membership does not meet a requirement, beyond the reason; `undefined` if there is nothing to add. */
export function describeUnmet(org: OrgMemberInfo, requirement: OrgRequirement): string | undefined {
  return describeMisspelling(org, requirement) ?? describeRoles(org, requirement);
}

/** A role name that is wrong in the rule looks like a caller without the role, unless theirs is named. */
function describeRoles(org: OrgMemberInfo, { type }: OrgRequirement): string | undefined {
  if (type !== 'role' && type !== 'any-role') return undefined;
  const roles = [org.userAssignedRole, ...additionalRolesOf(org)].filter(Boolean);
  if (roles.length === 0) return undefined;
  const names = roles.map((role) => JSON.stringify(role)).join(', ');
  return `The caller does not have the required role in the organization, but ${names}`;
}

/**
 * Describes a role or permission that a membership lacks only because the rule spells it in other upper and lower case than PropelAuth;
 * `undefined` for any other.
 */
function describeMisspelling(org: OrgMemberInfo, requirement: OrgRequirement): string | undefined {
  const [what, names, own] = namesIn(org, requirement);
  for (const name of names) {
    const similar = own.find((one) => one.toLowerCase() === name.toLowerCase());
    if (similar !== undefined && similar !== name) {
      return `The rule requires the ${what} "${name}", and the caller has "${similar}". Names are case-sensitive: correct the rule`;
    }
  }
  return undefined;
}

function additionalRolesOf({ userAssignedAdditionalRoles }: OrgMemberInfo): readonly string[] {
  return userAssignedAdditionalRoles ?? [];
}

function namesIn(
  org: OrgMemberInfo,
  requirement: OrgRequirement,
): [what: string, names: readonly string[], own: readonly string[]] {
  if ('permissions' in requirement) return ['permission', requirement.permissions, org.permissions];
  const roles = [...org.inheritedRolesPlusCurrentRole, ...additionalRolesOf(org)];
  switch (requirement.type) {
    case 'role':
      return ['role', [requirement.role], roles];
    case 'any-role':
      return ['role', requirement.roles, roles];
    default:
      return ['role', [], roles];
  }
}

/** With several roles per user there is no hierarchy: "at least" means having the role itself (PropelAuth, "Multiple Roles per User"). */
function hasRole(org: OrgMemberInfo, { role, exact }: { role: string; exact: boolean }): boolean {
  return exact ? org.isRole(role) : org.isAtLeastRole(role);
}

function hasPermissions(org: OrgMemberInfo, permissions: readonly string[]): boolean {
  return permissions.length > 0 && permissions.every((permission) => org.hasPermission(permission));
}

/** @throws {TypeError} when a role is not a non-empty string */
export function roleRequirement(role: unknown, exact: boolean): OrgRequirement {
  return { type: 'role', role: checkName(role, 'role'), exact };
}

/** @throws {TypeError} when there is no role, or one is not a non-empty string */
export function anyRoleRequirement(given: AnyOf<string>): OrgRequirement {
  return { type: 'any-role', roles: checkAlternatives('role', given, checkName) };
}

/** @throws {TypeError} when there is no permission, or one is not a non-empty string */
export function anyPermissionRequirement(given: AnyOf<string>): OrgRequirement {
  return { type: 'any-permission', permissions: checkAlternatives('permission', given, checkName) };
}

/** @throws {TypeError} when a permission is not a non-empty string, or there is none */
export function permissionsRequirement(given: unknown): OrgRequirement {
  return { type: 'permissions', permissions: checkAll('permission', given, checkName) };
}

function checkName(value: unknown, what: string): string {
  if (typeof value !== 'string' || value.trim() === '') {
    throw new TypeError(`A ${what} has to be a non-empty string.`);
  }
  return value;
}
