import type { RoleHierarchy } from 'propelauth-emulator';
import type { OrgRequirement } from '../../../rules/org-requirement.js';
import { CannotMakeCallers } from '../cannot-call.js';

/** A role and permissions in an organization. */
export interface OrgMembership {
  readonly role: string;
  readonly permissions: readonly string[];
}

/** A membership that organization rules distinguish from others. */
interface DistinguishedMembership extends OrgMembership {
  /** The membership in words after "a member", such as `with the role Admin`; empty for a plain member. */
  readonly which: string;
  /** Whether the rules allow such a member. */
  readonly isEnough: boolean;
}

/**
 * The memberships that organization rules distinguish: each role, a member without one of the permissions, and for each list of alternatives
 * members with none or a single one.
 *
 * @throws {CannotMakeCallers} if a rule names a role that the emulator does not have
 */
export function membershipsFor(
  rules: readonly OrgRequirement[],
  roles: RoleHierarchy,
): DistinguishedMembership[] {
  assertKnownRoles(rules, roles);
  const all = permissionsIn(rules);
  const { role } = strongestMembership(rules, roles);
  const namesRoles = rules.some(({ kind }) => kind === 'role' || kind === 'any-role');
  const member = (which: string, permissions: readonly string[], ofRole = role) => ({
    which,
    role: ofRole,
    permissions,
    isEnough: meets(rules, roles, { role: ofRole, permissions }),
  });
  const lowest = roles.names.findLast((name) =>
    meets(rules, roles, { role: name, permissions: all }),
  );
  return [
    ...(namesRoles
      ? roles.names.map((name) => member(`with the role ${name}`, all, name))
      : [member(all.length === 0 ? '' : `with ${listOf(all)}`, all, lowest)]),
    ...all.map((one) => member(`without ${listOf([one])}`, without(all, [one]))),
    ...rules.flatMap((rule) => {
      // A single alternative is like a required permission, without which a member is above.
      if (rule.kind !== 'any-permission' || rule.permissions.length < 2) return [];
      const withOnly = (...some: string[]) => without(all, without(rule.permissions, some));
      return [
        member(`without ${listOf(rule.permissions)}`, withOnly()),
        ...rule.permissions.map((one) => member(`with only ${listOf([one])}`, withOnly(one))),
      ];
    }),
  ];
}

/** The membership with the highest role that passes the rules. Where another thing is wrong, a higher role must not fix it. */
export function strongestMembership(
  rules: readonly OrgRequirement[],
  roles: RoleHierarchy,
): OrgMembership {
  const permissions = permissionsIn(rules);
  const role = roles.names.find((name) => meets(rules, roles, { role: name, permissions }));
  return { role: role ?? roles.names.at(-1) ?? '', permissions };
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

/** All permissions that rules name. */
function permissionsIn(rules: readonly OrgRequirement[]): string[] {
  return [...new Set(rules.flatMap((rule) => ('permissions' in rule ? rule.permissions : [])))];
}

function without(all: readonly string[], some: readonly string[]): string[] {
  return all.filter((one) => !some.includes(one));
}

function listOf(permissions: readonly string[]): string {
  return `the permission${permissions.length > 1 ? 's' : ''} ${permissions.join(' and ')}`;
}

function assertKnownRoles(rules: readonly OrgRequirement[], roles: RoleHierarchy): void {
  const named = rules.flatMap((rule) => {
    if (rule.kind === 'any-role') return rule.roles;
    return rule.kind === 'role' ? [rule.role] : [];
  });
  const unknown = named.find((role) => !roles.has(role));
  if (unknown === undefined) return;
  const problem = `names the role ${JSON.stringify(unknown)}, which the emulator does not have.`;
  const advice =
    'List all roles of your project, highest first, in the seed or in TestIssuer.create({ roles: […] }).';
  throw new CannotMakeCallers([{ problem, advice }]);
}
