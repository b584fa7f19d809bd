import { EmulatorError } from '../emulator.error.js';
import type { MembershipDescription, RoleDescription } from './user-description.js';

/** The default roles of a PropelAuth project. */
const DEFAULT_ROLES = ['Owner', 'Admin', 'Member'];

/** A user's roles and permissions in an organization. */
export type Membership = Pick<
  MembershipDescription,
  'role' | 'additionalRoles' | 'permissions' | 'roleStructure'
>;

/** The permissions of roles in some organizations, such as those of a plan. */
export type RoleMapping = ReadonlyMap<string, readonly string[]>;

const NO_MAPPING: RoleMapping = new Map();

/** The roles of a project, highest first, with their permissions. */
export class RoleHierarchy {
  private readonly permissions: ReadonlyMap<string, readonly string[]>;

  /**
   * @param roles highest first; a name alone is a role without permissions
   * @throws {EmulatorError} if the list is empty, or a role is duplicate or has no name
   */
  constructor(roles: readonly (string | RoleDescription)[] = DEFAULT_ROLES) {
    const named = roles.map((role): RoleDescription =>
      typeof role === 'string' ? { name: role } : role,
    );
    this.permissions = new Map(named.map(({ name, permissions }) => [name, permissions ?? []]));
    const isNamed = named.every(({ name }) => typeof name === 'string' && name.trim() !== '');
    if (!isNamed || named.length === 0 || this.permissions.size !== named.length) {
      throw new EmulatorError(
        'roles is empty, or has a duplicate or unnamed role. List each role once, highest first, such as ' +
          "['Owner', 'Admin', 'Member'].",
      );
    }
  }

  /** Highest first. */
  get names(): readonly string[] {
    return [...this.permissions.keys()];
  }

  has(role: string): boolean {
    return this.permissions.has(role);
  }

  /**
   * The role and, in a hierarchy, the roles below it.
   *
   * @throws {EmulatorError} if the project has no such role
   */
  inheritedBy(membership: Membership): readonly string[] {
    const { role, additionalRoles = [] } = membership;
    for (const name of [role, ...additionalRoles]) this.assertKnown(name);
    if (roleStructureOf(membership) === 'multi_role') return [role];
    return this.names.slice(this.names.indexOf(role));
  }

  /**
   * The permissions of a membership: its own, or those of its roles.
   *
   * @param mapping the permissions of roles that the organization's role mapping changes
   */
  permissionsOf(
    { role, additionalRoles = [], permissions }: Membership,
    mapping: RoleMapping = NO_MAPPING,
  ): readonly string[] {
    if (permissions !== undefined) return permissions;
    const given = [role, ...additionalRoles].flatMap(
      (name) => mapping.get(name) ?? this.permissions.get(name) ?? [],
    );
    return [...new Set(given)];
  }

  private assertKnown(role: string): void {
    if (this.has(role)) return;
    throw new EmulatorError(
      `${JSON.stringify(role)} is not a role of the project, which has ${this.names.join(', ')}. Correct the user's role, or list ` +
        'all roles of your project, highest first: { roles: […] }.',
    );
  }
}

/** Whether users of the organization have one role or can have several. */
export function roleStructureOf({
  roleStructure,
  additionalRoles = [],
}: Pick<Membership, 'roleStructure' | 'additionalRoles'>): string {
  return roleStructure ?? (additionalRoles.length > 0 ? 'multi_role' : 'single_role_in_hierarchy');
}
