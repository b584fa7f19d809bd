import type { OrgRequirement } from '../../rules/org-requirement.js';
import type { RoleHierarchy } from '../issuer/role-hierarchy.js';

/** A role and permissions in the organization that a call names. */
export interface OrgMembership {
  readonly role: string;
  readonly permissions: readonly string[];
}

/** A membership that differs from one that is enough in a single thing. */
export interface LackingMembership extends OrgMembership {
  /** What is missing, in words behind "a member". */
  readonly lack: string;
}

/** The memberships that rules about an organization distinguish. */
export interface DistinguishedMemberships {
  /** The least that is enough; `undefined` where no membership of the project is. */
  readonly enough: OrgMembership | undefined;
  readonly lacking: readonly LackingMembership[];
}

/**
 * The memberships that rules about an organization distinguish, in a project with these roles.
 *
 * @throws {Error} when a rule names a role that the test issuer does not have
 */
export function membershipsFor(
  rules: readonly OrgRequirement[],
  roles: RoleHierarchy,
): DistinguishedMemberships {
  assertKnownRoles(rules, roles);
  const permissions = permissionsOf(rules);
  const role = roles.names.findLast((name) => hasRoles(rules, roles, name));
  if (role === undefined) return { enough: undefined, lacking: [] };
  return {
    enough: { role, permissions },
    lacking: [
      ...otherRoles(rules, roles, role).map((other) => ({
        role: other,
        permissions,
        lack: `with the role ${other}`,
      })),
      ...rules.flatMap((rule) => withoutPermissions(rule, role, permissions)),
    ],
  };
}

/** The nearest role below and the nearest above of those that are not enough. */
function otherRoles(rules: readonly OrgRequirement[], { names }: RoleHierarchy, role: string) {
  const isEnough = (name: string) => hasRoles(rules, { names }, name);
  const at = names.indexOf(role);
  const below = names.slice(at + 1).find((name) => !isEnough(name));
  const above = names.slice(0, at).findLast((name) => !isEnough(name));
  return [below, above].filter((name) => name !== undefined);
}

function hasRoles(
  rules: readonly OrgRequirement[],
  { names }: Pick<RoleHierarchy, 'names'>,
  role: string,
): boolean {
  return rules.every((rule) => {
    if (rule.kind === 'any-role') return rule.roles.includes(role);
    if (rule.kind !== 'role') return true;
    return rule.exact ? rule.role === role : names.indexOf(role) <= names.indexOf(rule.role);
  });
}

function permissionsOf(rules: readonly OrgRequirement[]): string[] {
  const named = rules.flatMap((rule) => ('permissions' in rule ? rule.permissions : []));
  return [...new Set(named)];
}

/** Without each of those that all are needed, and without all of those of which one is enough. */
function withoutPermissions(
  rule: OrgRequirement,
  role: string,
  all: readonly string[],
): LackingMembership[] {
  if (!('permissions' in rule)) return [];
  const groups =
    rule.kind === 'permissions' ? rule.permissions.map((one) => [one]) : [rule.permissions];
  return groups.map((missing) => ({
    role,
    permissions: all.filter((permission) => !missing.includes(permission)),
    lack: `without the permission ${missing.join(' or ')}`,
  }));
}

function assertKnownRoles(rules: readonly OrgRequirement[], roles: RoleHierarchy): void {
  const named = rules.flatMap((rule) =>
    rule.kind === 'any-role' ? rule.roles : rule.kind === 'role' ? [rule.role] : [],
  );
  const unknown = named.find((role) => !roles.has(role));
  if (unknown === undefined) return;
  throw new Error(
    `A rule names the role ${JSON.stringify(unknown)}, which the test issuer does not have. List all roles of your project, highest ` +
      'first: TestIssuer.create({ roles: […] }).',
  );
}
