import { randomBytes } from 'node:crypto';
import { urlSafe, omitUndefined } from '../issuer/access-token-claims.js';
import { roleStructureOf } from '../issuer/role-hierarchy.js';
import type { TestIssuer } from '../issuer/test-issuer.js';
import type { TestUser } from '../issuer/test-user.interface.js';
import type {
  ApiKeyRecord,
  GrantRecord,
  InviteRecord,
  MembershipRecord,
  OrgRecord,
  UserRecord,
} from './records.js';

/** The users, organizations and keys of a PropelAuth project, in memory. */
export class FakeProject {
  readonly users = new Map<string, UserRecord>();
  readonly orgs = new Map<string, OrgRecord>();
  readonly apiKeys = new Map<string, ApiKeyRecord>();
  readonly grants = new Map<string, GrantRecord>();
  /** Users that tests described, by id, as they were described last. */
  readonly describedUsers = new Map<string, TestUser>();
  invites: readonly InviteRecord[] = [];
  /** By organization and then by user. */
  private readonly members = new Map<string, Map<string, MembershipRecord>>();

  constructor(readonly issuer: TestIssuer) {}

  /** The time, in seconds since 1970. */
  now(): number {
    return Math.floor(Date.now() / 1000);
  }

  addUser(fields: Partial<UserRecord> & Pick<UserRecord, 'email'>): UserRecord {
    const user = {
      user_id: unusedId(this.users, (name) => this.issuer.ids.uuid('user', name), fields.email),
      email_confirmed: false,
      has_password: false,
      locked: false,
      enabled: true,
      mfa_enabled: false,
      can_create_orgs: false,
      created_at: this.now(),
      last_active_at: this.now(),
      ...(omitUndefined(fields) as typeof fields),
    };
    this.users.set(user.user_id, user);
    return user;
  }

  addOrg(fields: Partial<OrgRecord> & Pick<OrgRecord, 'name'>): OrgRecord {
    const org = {
      org_id: unusedId(this.orgs, (name) => this.issuer.ids.uuid('org', name), fields.name),
      url_safe_org_slug: urlSafe(fields.name),
      can_setup_saml: false,
      is_saml_configured: false,
      is_saml_in_test_mode: false,
      metadata: {},
      extra_domains: [],
      domain_autojoin: false,
      domain_restrict: false,
      password_rotation_enabled: false,
      password_rotation_history_size: 0,
      password_rotation_period: 0,
      created_at: this.now(),
      ...(omitUndefined(fields) as typeof fields),
    };
    this.orgs.set(org.org_id, org);
    return org;
  }

  addApiKey(fields: Partial<ApiKeyRecord>): ApiKeyRecord {
    const id = this.issuer.ids.hex('api-key', String(this.apiKeys.size + 1));
    const key = {
      id,
      // Unlike an id, it is a secret, so it is random.
      token: id + randomBytes(32).toString('hex'),
      isImported: false,
      createdAt: this.now(),
      metadata: {},
      isArchived: false,
      ...(omitUndefined(fields) as typeof fields),
    };
    this.apiKeys.set(id, key);
    return key;
  }

  /** Whether users can have several roles in an organization: at least one member has to be defined so. */
  hasMultipleRoles(orgId: string): boolean {
    const memberships = [...(this.members.get(orgId)?.values() ?? [])];
    return memberships.some((membership) => roleStructureOf(membership) === 'multi_role');
  }

  /** Whether a personal key belongs to a disabled user. Keys of an organization stay valid. */
  isOfDisabledUser({ userId, orgId }: ApiKeyRecord): boolean {
    if (userId === undefined || orgId !== undefined) return false;
    return this.users.get(userId)?.enabled === false;
  }

  /** Whether a key is neither deleted nor expired. */
  isCurrent({ isArchived, expiresAt = Infinity }: ApiKeyRecord): boolean {
    return !isArchived && expiresAt > this.now();
  }

  findUserByEmail(email: unknown): UserRecord | undefined {
    return [...this.users.values()].find((user) => sameText(user.email, email));
  }

  findUserByUsername(username: unknown): UserRecord | undefined {
    return [...this.users.values()].find((user) => sameText(user.username, username));
  }

  removeUser(userId: string): boolean {
    this.removeMemberships(userId);
    removeWhere(this.apiKeys, (key) => key.userId === userId);
    removeWhere(this.grants, (grant) => grant.userId === userId);
    return this.users.delete(userId);
  }

  /** Removes what removeUser() does, and that a test described the user. */
  forgetUser(userId: string): void {
    this.removeUser(userId);
    this.describedUsers.delete(userId);
  }

  removeOrg(orgId: string): boolean {
    this.members.delete(orgId);
    removeWhere(this.apiKeys, (key) => key.orgId === orgId);
    this.invites = this.invites.filter((invite) => invite.org_id !== orgId);
    return this.orgs.delete(orgId);
  }

  setMembership(
    orgId: string,
    userId: string,
    { role, additionalRoles, permissions, roleStructure }: MembershipRecord,
  ): void {
    const members = this.members.get(orgId) ?? new Map<string, MembershipRecord>();
    members.set(userId, { role, additionalRoles, permissions, roleStructure });
    this.members.set(orgId, members);
  }

  /** Gives a user roles in an organization, with the permissions of the roles. Whether several are possible belongs to the organization. */
  setRoles(orgId: string, userId: string, roles: MembershipRecord): void {
    const structure = this.hasMultipleRoles(orgId) && { roleStructure: 'multi_role' as const };
    this.setMembership(orgId, userId, { ...roles, ...structure });
  }

  removeMembership(orgId: string, userId: string): boolean {
    return this.members.get(orgId)?.delete(userId) ?? false;
  }

  /** Removes a user from all organizations. */
  removeMemberships(userId: string): void {
    for (const members of this.members.values()) members.delete(userId);
  }

  findMembership(orgId: string, userId: string): MembershipRecord | undefined {
    return this.members.get(orgId)?.get(userId);
  }

  /** The members of an organization, in the order in which they were added. */
  membersOf(orgId: string): { user: UserRecord; membership: MembershipRecord }[] {
    return [...(this.members.get(orgId) ?? [])].map(([userId, membership]) => ({
      user: this.users.get(userId) as UserRecord,
      membership,
    }));
  }
}

/** An id derived from a name, with a number added if that id is taken. */
function unusedId(
  records: ReadonlyMap<string, unknown>,
  idOf: (name: string) => string,
  name: string,
): string {
  let id = idOf(name.toLowerCase());
  for (let number = 2; records.has(id); number += 1) id = idOf(`${name.toLowerCase()} ${number}`);
  return id;
}

function sameText(one: string | undefined, other: unknown): boolean {
  return typeof other === 'string' && one?.toLowerCase() === other.toLowerCase();
}

function removeWhere<T>(records: Map<string, T>, matches: (record: T) => boolean): void {
  for (const [id, record] of records) if (matches(record)) records.delete(id);
}
