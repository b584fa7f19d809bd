import type { OrgRequirement } from '../../rules/org-requirement.js';
import { CannotCall } from './entry-point.js';
import type { RoleHierarchy } from 'propelauth-emulator';

/** A role and permissions in an organization. */
export interface OrgMembership {
  readonly role: string;
  readonly permissions: readonly string[];
}

/** A membership that organization rules distinguish from others. */
export interface DistinguishedMembership extends OrgMembership {
  /** The membership in words after "a member", such as `with the role Admin`; empty for a plain member. */
  readonly which: string;
  /** Whether the rules allow such a member. */
  readonly isEnough: boolean;
}

/**
 * The memberships that organization rules distinguish, in a project with the given roles: each role, the least permissions, each
 * alternative alone, and memberships that lack one thing. If any passes the rules, the first one does.
 *
 * @throws {CannotCall} if a rule names a role that the emulator does not have
 */
export function membershipsFor(
  rules: readonly OrgRequirement[],
  roles: RoleHierarchy,
): DistinguishedMembership[] {
  assertKnownRoles(rules, roles);
  const isEnough = (membership: OrgMembership) => meets(rules, roles, membership);
  const permissions = leastPermissions(rules);
  const role =
    roles.names.findLast((name) => isEnough({ role: name, permissions })) ?? lowest(roles);
  const candidates = [
    ...rolesToTry(rules, roles, role).map((name) => ({
      role: name,
      permissions,
      which: namesRoles(rules) ? `with the role ${name}` : withPermissions(permissions),
    })),
    ...rules.flatMap((rule) => alternatives(rule, role, permissions)),
    ...rules.flatMap((rule) => withoutPermissions(rule, strongestMembership(rules, roles))),
  ];
  return candidates.map((one) => ({ ...one, isEnough: isEnough(one) }));
}

/**
 * The membership with the highest role that passes the rules. It is used where another thing is wrong, which a higher role must not fix.
 */
export function strongestMembership(
  rules: readonly OrgRequirement[],
  roles: RoleHierarchy,
): OrgMembership {
  const permissions = leastPermissions(rules);
  const role =
    roles.names.find((name) => meets(rules, roles, { role: name, permissions })) ?? lowest(roles);
  return { role, permissions };
}

/** The role that passes the rules, and all other roles if a rule names roles. */
function rolesToTry(
  rules: readonly OrgRequirement[],
  roles: RoleHierarchy,
  role: string,
): string[] {
  return namesRoles(rules) ? [...new Set([role, ...roles.names])] : [role];
}

function namesRoles(rules: readonly OrgRequirement[]): boolean {
  return rules.some(({ kind }) => kind === 'role' || kind === 'any-role');
}

function meets(
  rules: readonly OrgRequirement[],
  { names }: RoleHierarchy,
  { role, permissions }: OrgMembership,
): boolean {
  return rules.every((rule) => {
    switch (rule.kind) {
      case 'member':
        return true;
      case 'role':
        return rule.exact ? rule.role === role : names.indexOf(role) <= names.indexOf(rule.role);
      case 'any-role':
        return rule.roles.includes(role);
      case 'permissions':
        return rule.permissions.every((one) => permissions.includes(one));
      case 'any-permission':
        return rule.permissions.some((one) => permissions.includes(one));
    }
  });
}

/** All required permissions, and the first one of each list of alternatives. */
function leastPermissions(rules: readonly OrgRequirement[]): string[] {
  return distinct(
    rules.flatMap((rule) => {
      if (rule.kind === 'permissions') return rule.permissions;
      return rule.kind === 'any-permission' ? rule.permissions.slice(0, 1) : [];
    }),
  );
}

/** The memberships with each other alternative instead of the first. */
function alternatives(rule: OrgRequirement, role: string, least: readonly string[]) {
  if (rule.kind !== 'any-permission') return [];
  const others = least.filter((permission) => permission !== rule.permissions[0]);
  return rule.permissions.slice(1).map((permission) => {
    const permissions = distinct([...others, permission]);
    return { role, permissions, which: withPermissions(permissions) };
  });
}

/** The memberships without one of the required permissions, and without all alternatives of a list. */
function withoutPermissions(rule: OrgRequirement, { role, permissions }: OrgMembership) {
  if (rule.kind !== 'permissions' && rule.kind !== 'any-permission') return [];
  const groups =
    rule.kind === 'permissions' ? rule.permissions.map((one) => [one]) : [rule.permissions];
  return groups.map((missing) => ({
    role,
    permissions: permissions.filter((permission) => !missing.includes(permission)),
    which: `without the permission ${missing.join(' or ')}`,
  }));
}

function withPermissions(permissions: readonly string[]): string {
  if (permissions.length === 0) return '';
  return `with the permission${permissions.length > 1 ? 's' : ''} ${permissions.join(' and ')}`;
}

function lowest({ names }: RoleHierarchy): string {
  return names.at(-1) ?? '';
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)];
}

function assertKnownRoles(rules: readonly OrgRequirement[], roles: RoleHierarchy): void {
  const named = rules.flatMap((rule) => {
    if (rule.kind === 'any-role') return rule.roles;
    return rule.kind === 'role' ? [rule.role] : [];
  });
  const unknown = named.find((role) => !roles.has(role));
  if (unknown === undefined) return;
  throw new CannotCall(
    `A rule names the role ${JSON.stringify(unknown)}, which the emulator does not have. List all roles of your project, highest ` +
      'first, in the seed or in TestIssuer.create({ roles: […] }).',
  );
}
