import { randomBytes } from 'node:crypto';
import { omitUndefined, urlSafe } from '../issuer/access-token-claims.js';
import type { TokenIssuer } from '../issuer/token-issuer.js';
import type { EventListener, ProjectEvent } from './project-event.js';
import type {
  ApiKeyRecord,
  GrantRecord,
  InviteRecord,
  MembershipRecord,
  OrgRecord,
  UserRecord,
} from './records.js';
import { roleStructureOf, type RoleMapping } from './role-hierarchy.js';
import type { RoleDescription, UserDescription } from './user-description.js';

/** The users, organizations and keys of a PropelAuth project, in memory. Whoever changes them, each change is an event. */
export class Project {
  readonly users = new Map<string, UserRecord>();
  readonly orgs = new Map<string, OrgRecord>();
  readonly apiKeys = new Map<string, ApiKeyRecord>();
  readonly grants = new Map<string, GrantRecord>();
  /** By name. */
  readonly roleMappings = new Map<string, RoleMapping>();
  /** Users that tests described, by id, as they were described last. */
  readonly describedUsers = new Map<string, UserDescription>();
  invites: readonly InviteRecord[] = [];
  /** By organization and then by user. */
  private readonly members = new Map<string, Map<string, MembershipRecord>>();
  /** When all sessions of a user were ended, in milliseconds since 1970. */
  private readonly sessionEnds = new Map<string, number>();
  /** With the deleted ones, whose ids are not used again. */
  private apiKeyCount = 0;
  private readonly listeners = new Set<EventListener>();

  constructor(readonly issuer: TokenIssuer) {}

  /** The time, in seconds since 1970. */
  now(): number {
    return Math.floor(Date.now() / 1000);
  }

  /** Calls a listener for each event from now on. */
  onEvent(listener: EventListener): void {
    this.listeners.add(listener);
  }

  /** Forgets everything but the listeners. */
  clear(): void {
    const records = [
      this.users,
      this.orgs,
      this.apiKeys,
      this.grants,
      this.members,
      this.roleMappings,
    ];
    for (const each of [...records, this.describedUsers, this.sessionEnds]) each.clear();
    this.invites = [];
    this.apiKeyCount = 0;
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
    const isNew = !this.users.has(user.user_id);
    this.users.set(user.user_id, user);
    if (isNew) this.emit(userCreated(user));
    else this.emit({ event_type: 'user.updated', user_id: user.user_id });
    return user;
  }

  updateUser(user: UserRecord, changes: Partial<UserRecord>): void {
    const wasEnabled = user.enabled;
    Object.assign(user, changes);
    this.emit({ event_type: changeOf(wasEnabled, user.enabled), user_id: user.user_id });
  }

  removeUser(userId: string): boolean {
    for (const members of this.members.values()) members.delete(userId);
    removeWhere(this.apiKeys, (key) => key.userId === userId);
    removeWhere(this.grants, (grant) => grant.userId === userId);
    if (!this.users.delete(userId)) return false;
    // Ids are derived from email addresses: a later user can have the same, and may sign in within this millisecond.
    this.sessionEnds.set(userId, Date.now() - 1);
    this.emit({ event_type: 'user.deleted', user_id: userId });
    return true;
  }

  /** Removes what removeUser() does, and that a test described the user. */
  forgetUser(userId: string): void {
    this.removeUser(userId);
    this.describedUsers.delete(userId);
  }

  findUserByEmail(email: unknown): UserRecord | undefined {
    return [...this.users.values()].find((user) => sameText(user.email, email));
  }

  findUserByUsername(username: unknown): UserRecord | undefined {
    return [...this.users.values()].find((user) => sameText(user.username, username));
  }

  /** The users who can sign in, in the order in which they were added. */
  get enabledUsers(): UserRecord[] {
    return [...this.users.values()].filter((user) => user.enabled);
  }

  /** The user who signs in by this name: the username or, without one, the email address. Disabled users cannot. */
  findUserByLogin(name: string | undefined): UserRecord | undefined {
    return this.enabledUsers.find((user) => loginOf(user) === name);
  }

  noteSignIn(userId: string): void {
    const user = this.users.get(userId);
    if (user !== undefined) user.last_active_at = this.now();
    this.emit({ event_type: 'user.login', user_id: userId });
  }

  /** Ends all sessions of a user: of browsers and of OAuth clients. */
  endSessions(userId: string): void {
    this.sessionEnds.set(userId, Date.now());
    this.emit({ event_type: 'user.logged_out', user_id: userId });
  }

  /** Whether a session that began at this time, in milliseconds since 1970, has been ended with all others of the user. */
  hasEndedSession(userId: string, begunAt: number): boolean {
    return begunAt <= (this.sessionEnds.get(userId) ?? -Infinity);
  }

  addRoleMapping(name: string, roles: readonly RoleDescription[]): void {
    this.roleMappings.set(name, new Map(roles.map((role) => [role.name, role.permissions ?? []])));
  }

  /** What a member of an organization may do there. */
  permissionsIn(org: OrgRecord, membership: MembershipRecord): readonly string[] {
    const mapping = this.roleMappings.get(org.custom_role_mapping_name ?? '');
    return this.issuer.roles.permissionsOf(membership, mapping);
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
    this.emit({ event_type: 'org.created', org_id: org.org_id, name: org.name });
    return org;
  }

  updateOrg(org: OrgRecord, changes: Partial<OrgRecord>): void {
    Object.assign(org, changes);
    this.emit({ event_type: 'org.updated', org_id: org.org_id });
  }

  removeOrg(orgId: string): boolean {
    this.members.delete(orgId);
    removeWhere(this.apiKeys, (key) => key.orgId === orgId);
    this.invites = this.invites.filter((invite) => invite.org_id !== orgId);
    const isRemoved = this.orgs.delete(orgId);
    if (isRemoved) this.emit({ event_type: 'org.deleted', org_id: orgId });
    return isRemoved;
  }

  /** Adds or replaces a membership as it is described. */
  setMembership(
    orgId: string,
    userId: string,
    { role, additionalRoles, permissions, roleStructure }: MembershipRecord,
  ): void {
    const members = this.members.get(orgId) ?? new Map<string, MembershipRecord>();
    const isNew = !members.has(userId);
    members.set(userId, { role, additionalRoles, permissions, roleStructure });
    this.members.set(orgId, members);
    const ids = { user_id: userId, org_id: orgId };
    if (isNew) this.emit({ event_type: 'user.added_to_org', ...ids, role });
    else this.emit({ event_type: 'user.role_changed_within_org', ...ids, new_role: role });
  }

  /** Gives a user roles in an organization, with the permissions of the roles. Whether several are possible belongs to the organization. */
  setRoles(orgId: string, userId: string, roles: MembershipRecord): void {
    const structure = this.hasMultipleRoles(orgId) && { roleStructure: 'multi_role' as const };
    this.setMembership(orgId, userId, { ...roles, ...structure });
  }

  removeMembership(orgId: string, userId: string): boolean {
    const isRemoved = this.members.get(orgId)?.delete(userId) ?? false;
    if (isRemoved) {
      this.emit({ event_type: 'user.removed_from_org', removed_user_id: userId, org_id: orgId });
    }
    return isRemoved;
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

  invite(invite: InviteRecord): void {
    const { invitee_email: email, org_id: orgId, role_in_org: role } = invite;
    this.invites = [...this.invites.filter((each) => !isFor(each, email, orgId)), invite];
    this.emit({ event_type: 'user.invited_to_org', org_id: orgId, email, role });
  }

  revokeInvite(email: unknown, orgId: unknown): boolean {
    const remaining = this.invites.filter((each) => !isFor(each, email, orgId));
    const isRevoked = remaining.length < this.invites.length;
    this.invites = remaining;
    return isRevoked;
  }

  addApiKey(fields: Partial<ApiKeyRecord>): ApiKeyRecord {
    this.apiKeyCount += 1;
    const id = this.issuer.ids.hex('api-key', String(this.apiKeyCount));
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
    this.apiKeys.set(key.id, key);
    return key;
  }

  /** Whether a text can be imported as a key: it is not empty, and no other key. */
  canImportApiKey(token: unknown): token is string {
    const isText = typeof token === 'string' && token !== '';
    return isText && [...this.apiKeys.values()].every((key) => key.token !== token);
  }

  archiveApiKey(key: ApiKeyRecord): void {
    key.isArchived = true;
    const { id, userId, orgId } = key;
    if (orgId !== undefined) {
      this.emit({ event_type: 'org.api_key_deleted', org_id: orgId, api_key_id: id });
    } else if (userId !== undefined) {
      this.emit({
        event_type: 'user.deleted_personal_api_key',
        user_id: userId,
        api_key_id: id,
      });
    }
  }

  /** Whether a key is neither deleted nor expired. */
  isCurrent({ isArchived, expiresAt = Infinity }: ApiKeyRecord): boolean {
    return !isArchived && expiresAt > this.now();
  }

  /** Whether a personal key belongs to a disabled user. Keys of an organization stay valid. */
  isOfDisabledUser({ userId, orgId }: ApiKeyRecord): boolean {
    if (userId === undefined || orgId !== undefined) return false;
    return this.users.get(userId)?.enabled === false;
  }

  /** Adds a step-up grant, and returns it. */
  addGrant(grant: GrantRecord): string {
    removeWhere(this.grants, ({ expiresAt }) => expiresAt <= this.now());
    const token = randomBytes(32).toString('hex');
    this.grants.set(token, grant);
    return token;
  }

  /** Whether users can have several roles in an organization: at least one member has to be defined so. */
  private hasMultipleRoles(orgId: string): boolean {
    const memberships = [...(this.members.get(orgId)?.values() ?? [])];
    return memberships.some((membership) => roleStructureOf(membership) === 'multi_role');
  }

  private emit(event: ProjectEvent): void {
    for (const listener of this.listeners) listener(event);
  }
}

/** What a user signs in with: the username or, without one, the email address. */
export function loginOf({ username, email }: UserRecord): string {
  return username ?? email;
}

function userCreated({ user_id, email, email_confirmed, ...user }: UserRecord): ProjectEvent {
  const { first_name, last_name, picture_url, username } = user;
  const names = omitUndefined({ first_name, last_name, picture_url, username });
  return { event_type: 'user.created', user_id, email, email_confirmed, ...names };
}

function changeOf(wasEnabled: boolean, isEnabled: boolean): ProjectEvent['event_type'] {
  if (wasEnabled === isEnabled) return 'user.updated';
  return isEnabled ? 'user.enabled' : 'user.disabled';
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

function isFor(
  invite: Pick<InviteRecord, 'invitee_email' | 'org_id'>,
  email: unknown,
  orgId: unknown,
): boolean {
  return invite.org_id === orgId && sameText(invite.invitee_email, email);
}

function sameText(one: string | undefined, other: unknown): boolean {
  return typeof other === 'string' && one?.toLowerCase() === other.toLowerCase();
}

function removeWhere<T>(records: Map<string, T>, matches: (record: T) => boolean): void {
  for (const [id, record] of records) if (matches(record)) records.delete(id);
}
