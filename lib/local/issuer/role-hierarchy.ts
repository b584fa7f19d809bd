import { PropelAuthConfigurationError } from '../../options/configuration.error.js';
import type { TestOrgMembership } from './test-user.interface.js';

/** The default roles of a PropelAuth project. */
const DEFAULT_ROLES = ['Owner', 'Admin', 'Member'];

/** A role with any name: the roles that an application declares exist only for the compiler. */
export interface Role {
  readonly name: string;
  readonly permissions?: readonly string[];
}

/** A user's roles and permissions in an organization, with any names. */
export interface Membership extends Pick<TestOrgMembership, 'roleStructure'> {
  readonly role: string;
  readonly additionalRoles?: readonly string[];
  readonly permissions?: readonly string[];
}

/** The roles of a project, highest first, with their permissions. */
export class RoleHierarchy {
  private readonly permissions: ReadonlyMap<string, readonly string[]>;

  /**
   * @param roles highest first; a name alone is a role without permissions
   * @throws {PropelAuthConfigurationError} if the list is empty, or a role is duplicate or has no name
   */
  constructor(roles: readonly (string | Role)[] = DEFAULT_ROLES) {
    const named = roles.map((role): Role => (typeof role === 'string' ? { name: role } : role));
    this.permissions = new Map(named.map(({ name, permissions }) => [name, permissions ?? []]));
    const isNamed = named.every(({ name }) => typeof name === 'string' && name.trim() !== '');
    if (!isNamed || named.length === 0 || this.permissions.size !== named.length) {
      throw new PropelAuthConfigurationError(
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
   * @throws {PropelAuthConfigurationError} if the project has no such role
   */
  inheritedBy(membership: Membership): readonly string[] {
    const { role, additionalRoles = [] } = membership;
    for (const name of [role, ...additionalRoles]) this.assertKnown(name);
    if (roleStructureOf(membership) === 'multi_role') return [role];
    return this.names.slice(this.names.indexOf(role));
  }

  /** The permissions of a membership: its own, or those of its roles. */
  permissionsOf({ role, additionalRoles = [], permissions }: Membership): readonly string[] {
    if (permissions !== undefined) return permissions;
    const given = [role, ...additionalRoles].flatMap((name) => this.permissions.get(name) ?? []);
    return [...new Set(given)];
  }

  private assertKnown(role: string): void {
    if (this.has(role)) return;
    throw new PropelAuthConfigurationError(
      `${JSON.stringify(role)} is not a role of the test issuer, which has ${this.names.join(', ')}. Correct the user's ` +
        'role, or list all roles of your project, highest first: TestIssuer.create({ roles: […] }).',
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
