import { randomBytes } from 'node:crypto';
import { omitUndefined, urlSafe } from '../issuer/access-token-claims.js';
import type { TokenIssuer } from '../issuer/token-issuer.js';
import { Outbox } from './outbox.js';
import type { PasswordRecord } from './passwords.js';
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
import { Table, type StoredTable } from './table.js';
import type { RoleDescription, UserDescription } from './user-description.js';

export const INVITE_LIFETIME_SECONDS = 14 * 24 * 60 * 60;

/** Where a user has which roles. */
interface Member {
  readonly orgId: string;
  readonly userId: string;
  readonly membership: MembershipRecord;
}

/** The users, organizations and keys of a PropelAuth project, in memory. Whoever changes them, each change is an event. */
export class Project {
  readonly users = new Table<UserRecord>();
  readonly orgs = new Table<OrgRecord>();
  readonly apiKeys = new Table<ApiKeyRecord>();
  readonly invites = new Table<InviteRecord>();
  readonly grants = new Map<string, GrantRecord>();
  /** By name. */
  readonly roleMappings = new Map<string, RoleMapping>();
  /** Users that tests described, by id, as they were described last. */
  readonly describedUsers = new Map<string, UserDescription>();
  readonly outbox = new Outbox();
  /** By the id of the user. */
  readonly passwords = new Table<PasswordRecord>();
  private readonly members = new Table<Member>();
  /** When all sessions of a user were ended, in milliseconds since 1970. */
  private readonly sessionEnds = new Table<number>();
  /** How many keys there were, with the deleted ones: their ids are not used again. And what pages have added. */
  readonly counts = new Table<number>();
  private readonly usersByEmail = this.users.indexBy(({ email }) => email.toLowerCase());
  private readonly usersByUsername = this.users.indexBy(({ username }) => username?.toLowerCase());
  readonly orgsWithMapping = this.orgs.indexBy((org) => org.custom_role_mapping_name);
  private readonly orgsByName = this.orgs.indexBy(({ name }) => name);
  private readonly keysByToken = this.apiKeys.indexBy(({ token }) => token);
  private readonly keysByUser = this.apiKeys.indexBy(({ userId = '' }) => userId);
  private readonly keysByOrg = this.apiKeys.indexBy(({ orgId }) => orgId);
  private readonly invitesByOrg = this.invites.indexBy(({ org_id: orgId }) => orgId);
  private readonly invitesByEmail = this.invites.indexBy((invite) => keyOf(invite.invitee_email));
  private readonly membersByOrg = this.members.indexBy(({ orgId }) => orgId);
  private readonly membersByUser = this.members.indexBy(({ userId }) => userId);
  private readonly membersWithSeveralRoles = this.members.indexBy((member) =>
    roleStructureOf(member.membership) === 'multi_role' ? member.orgId : undefined,
  );
  /** Where the search for an unused id begins, by kind and name. */
  private readonly nextNumbers = new Map<string, number>();
  private readonly listeners = new Set<EventListener>();

  constructor(readonly issuer: TokenIssuer) {}

  /** What outlives the process, by name: not step-up grants, nor what the seed says of roles. */
  get tables(): Readonly<Record<string, StoredTable>> {
    const { users, orgs, members, invites, apiKeys, sessionEnds, counts, passwords } = this;
    const { links } = this.outbox;
    return { users, orgs, members, invites, apiKeys, sessionEnds, counts, passwords, links };
  }

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
    const { grants, roleMappings, describedUsers, nextNumbers, outbox } = this;
    const others = [grants, roleMappings, describedUsers, nextNumbers, outbox];
    for (const each of [...Object.values(this.tables), ...others]) each.clear();
  }

  addUser(
    fields: Partial<UserRecord> & Pick<UserRecord, 'email'>,
    password?: PasswordRecord,
  ): UserRecord {
    const user = {
      user_id: fields.user_id ?? this.unusedId('user', fields.email),
      email_confirmed: false,
      has_password: password !== undefined,
      locked: false,
      enabled: true,
      mfa_enabled: false,
      can_create_orgs: false,
      created_at: this.now(),
      last_active_at: this.now(),
      ...(omitUndefined(fields) as typeof fields),
    };
    const isNew = !this.users.has(user.user_id);
    this.setUser(user);
    if (password !== undefined) this.passwords.set(user.user_id, password);
    if (isNew) this.emit(userCreated(user));
    else this.emit({ event_type: 'user.updated', user_id: user.user_id });
    return user;
  }

  updateUser(user: UserRecord, changes: Partial<UserRecord>): void {
    const changed = { ...user, ...changes };
    this.setUser(changed);
    this.emit({ event_type: changeOf(user.enabled, changed.enabled), user_id: user.user_id });
  }

  /** Also ends all links that were sent to the user. @returns `false` without such a user */
  setPassword(userId: string, password: PasswordRecord): boolean {
    const user = this.users.get(userId);
    if (user === undefined) return false;
    this.outbox.endLinksOf(userId);
    this.passwords.set(userId, password);
    this.updateUser(user, { has_password: true });
    return true;
  }

  private setUser(user: UserRecord): void {
    this.users.set(user.user_id, user);
    if (!user.has_password) this.passwords.delete(user.user_id);
  }

  removeUser(userId: string): boolean {
    removeAll(this.members, this.membersByUser(userId));
    removeAll(this.apiKeys, this.keysByUser(userId));
    removeWhere(this.grants, (grant) => grant.userId === userId);
    this.outbox.endLinksOf(userId);
    this.passwords.delete(userId);
    if (!this.users.delete(userId)) return false;
    this.nextNumbers.clear();
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
    return firstOf(this.usersByEmail(keyOf(email)));
  }

  findUserByUsername(username: unknown): UserRecord | undefined {
    return firstOf(this.usersByUsername(keyOf(username)));
  }

  /** The user who signs in by this name: the username or, without one, the email address. Disabled users cannot. */
  findUserByLogin(name: string | undefined): UserRecord | undefined {
    const key = keyOf(name);
    const found = [...this.usersByUsername(key).values(), ...this.usersByEmail(key).values()];
    return found.find((user) => user.enabled && loginOf(user) === name);
  }

  noteSignIn(userId: string): void {
    const user = this.users.get(userId);
    if (user !== undefined) this.users.set(userId, { ...user, last_active_at: this.now() });
    this.emit({ event_type: 'user.login', user_id: userId });
    if (user !== undefined) this.joinOrgs(user);
  }

  /** Makes a user a member of the organizations that have invited them, and of those that their domain joins. */
  private joinOrgs({ user_id: userId, email }: UserRecord): void {
    for (const invite of this.invitesTo(email)) {
      const { org_id: orgId, role_in_org: role, additional_roles_in_org: additionalRoles } = invite;
      if (this.canJoin(orgId, userId)) this.setRoles(orgId, userId, { role, additionalRoles });
      if (this.isIn(orgId, userId)) this.revokeInvite(email, orgId);
    }
    const domain = keyOf(email).split('@').at(-1) ?? '';
    const role = this.issuer.roles.names.at(-1) ?? '';
    for (const org of this.orgs.values()) {
      const isOfDomain = [org.domain, ...org.extra_domains].some((each) => keyOf(each) === domain);
      const joins = org.domain_autojoin && isOfDomain && this.canJoin(org.org_id, userId);
      if (joins) this.setRoles(org.org_id, userId, { role });
    }
  }

  private canJoin(orgId: string, userId: string): boolean {
    const { max_users: maximum = Infinity } = this.orgs.get(orgId) ?? { max_users: 0 };
    return !this.isIn(orgId, userId) && this.membersByOrg(orgId).size < maximum;
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
      org_id: fields.org_id ?? this.unusedId('org', fields.name),
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
    this.orgs.set(org.org_id, { ...org, ...changes });
    this.emit({ event_type: 'org.updated', org_id: org.org_id });
  }

  removeOrg(orgId: string): boolean {
    removeAll(this.members, this.membersByOrg(orgId));
    removeAll(this.apiKeys, this.keysByOrg(orgId));
    removeAll(this.invites, this.invitesByOrg(orgId));
    const isRemoved = this.orgs.delete(orgId);
    this.nextNumbers.clear();
    if (isRemoved) this.emit({ event_type: 'org.deleted', org_id: orgId });
    return isRemoved;
  }

  /** Adds or replaces a membership as it is described. */
  setMembership(
    orgId: string,
    userId: string,
    { role, additionalRoles, permissions, roleStructure }: MembershipRecord,
  ): void {
    const id = memberId(orgId, userId);
    const isNew = !this.members.has(id);
    const membership = { role, additionalRoles, permissions, roleStructure };
    this.members.set(id, { orgId, userId, membership });
    const ids = { user_id: userId, org_id: orgId };
    if (isNew) this.emit({ event_type: 'user.added_to_org', ...ids, role });
    else this.emit({ event_type: 'user.role_changed_within_org', ...ids, new_role: role });
  }

  /** Gives a user roles in an organization, with the permissions of the roles. Whether several are possible belongs to the organization. */
  setRoles(orgId: string, userId: string, roles: MembershipRecord): void {
    const hasSeveral = this.membersWithSeveralRoles(orgId).size > 0;
    const structure = hasSeveral && { roleStructure: 'multi_role' as const };
    this.setMembership(orgId, userId, { ...roles, ...structure });
  }

  removeMembership(orgId: string, userId: string): boolean {
    const isRemoved = this.members.delete(memberId(orgId, userId));
    if (isRemoved) {
      this.emit({ event_type: 'user.removed_from_org', removed_user_id: userId, org_id: orgId });
      // What a project of PropelAuth can choose, and the safer choice.
      for (const key of this.apiKeysOf(userId)) {
        if (key.orgId === orgId && !key.isArchived) this.archiveApiKey(key);
      }
    }
    return isRemoved;
  }

  /** Whether a user is in an organization; also if none is named. */
  isIn(orgId: string | undefined, userId: string): boolean {
    return orgId === undefined || this.members.has(memberId(orgId, userId));
  }

  findMembership(orgId: string, userId: string): MembershipRecord | undefined {
    return this.members.get(memberId(orgId, userId))?.membership;
  }

  /** The members of an organization, in the order in which they were added. */
  membersOf(orgId: string): { user: UserRecord; membership: MembershipRecord }[] {
    return [...this.membersByOrg(orgId).values()].map(({ userId, membership }) => ({
      user: this.users.get(userId) as UserRecord,
      membership,
    }));
  }

  /** The organizations of a user, in the order in which the user joined them. */
  orgsOf(userId: string): { org: OrgRecord; membership: MembershipRecord }[] {
    return [...this.membersByUser(userId).values()].map(({ orgId, membership }) => ({
      org: this.orgs.get(orgId) as OrgRecord,
      membership,
    }));
  }

  findOrgByName(name: string): OrgRecord | undefined {
    return firstOf(this.orgsByName(name));
  }

  invite(invite: InviteRecord): void {
    const { invitee_email: email, org_id: orgId, role_in_org: role } = invite;
    this.revokeInvite(email, orgId);
    this.invites.set(inviteId(email, orgId), invite);
    this.emit({ event_type: 'user.invited_to_org', org_id: orgId, email, role });
    const hours = (invite.expires_at - this.now()) / 3600;
    this.outbox.send(`Join ${invite.org_name} as ${role}`, { email, orgId, hours });
  }

  /** The invitations to an address that can be accepted. */
  invitesTo(email: string): InviteRecord[] {
    const invites = [...this.invitesByEmail(keyOf(email)).values()];
    return invites.filter((each) => each.expires_at > this.now());
  }

  /** The invitations to an organization that can be accepted. */
  invitesOf(orgId: string): InviteRecord[] {
    return [...this.invitesByOrg(orgId).values()].filter((each) => each.expires_at > this.now());
  }

  revokeInvite(email: unknown, orgId: unknown): boolean {
    return this.invites.delete(inviteId(email, orgId));
  }

  addApiKey(fields: Partial<ApiKeyRecord>): ApiKeyRecord {
    const count = (this.counts.get('apiKeys') ?? 0) + 1;
    this.counts.set('apiKeys', count);
    const id = this.issuer.ids.digits('api-key', String(count));
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
    return typeof token === 'string' && token !== '' && this.keysByToken(token).size === 0;
  }

  findApiKeyByToken(token: unknown): ApiKeyRecord | undefined {
    return typeof token === 'string' ? firstOf(this.keysByToken(token)) : undefined;
  }

  /** The keys of a user, also those in an organization, or those that belong to no user. */
  apiKeysOf(userId: string | undefined): ApiKeyRecord[] {
    return [...this.keysByUser(userId ?? '').values()];
  }

  /** The keys of an organization that belong to no user. */
  apiKeysOfOrg(orgId: string): ApiKeyRecord[] {
    return [...this.keysByOrg(orgId).values()].filter(({ userId }) => userId === undefined);
  }

  updateApiKey(key: ApiKeyRecord, changes: Partial<ApiKeyRecord>): void {
    this.apiKeys.set(key.id, { ...key, ...changes });
  }

  archiveApiKey(key: ApiKeyRecord): void {
    this.updateApiKey(key, { isArchived: true });
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

  /** The valid step-up grants of a user. */
  grantsOf(userId: string): [string, GrantRecord][] {
    return [...this.grants].filter(
      ([, grant]) => grant.userId === userId && grant.expiresAt > this.now(),
    );
  }

  /** Adds a step-up grant, and returns it. */
  addGrant(grant: GrantRecord): string {
    removeWhere(this.grants, ({ expiresAt }) => expiresAt <= this.now());
    const token = randomBytes(32).toString('hex');
    this.grants.set(token, grant);
    return token;
  }

  /** An id derived from a name, with a number added if that id is taken. */
  private unusedId(kind: 'user' | 'org', name: string): string {
    const records = kind === 'user' ? this.users : this.orgs;
    const text = name.toLowerCase();
    const idOf = (number: number) =>
      this.issuer.ids.uuid(kind, number === 1 ? text : `${text} ${number}`);
    let number = this.nextNumbers.get(`${kind} ${text}`) ?? 1;
    while (records.has(idOf(number))) number += 1;
    if (number > 1) this.nextNumbers.set(`${kind} ${text}`, number);
    return idOf(number);
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

function memberId(orgId: string, userId: string): string {
  return JSON.stringify([orgId, userId]);
}

function inviteId(email: unknown, orgId: unknown): string {
  return JSON.stringify([orgId, keyOf(email)]);
}

/** Names and addresses are found in any case. */
function keyOf(text: unknown): string {
  return typeof text === 'string' ? text.toLowerCase() : '';
}

function firstOf<T>(records: ReadonlyMap<string, T>): T | undefined {
  const [first] = records.values();
  return first;
}

function removeAll<T>(table: Table<T>, records: ReadonlyMap<string, T>): void {
  for (const id of records.keys()) table.delete(id);
}

function removeWhere<T>(records: Map<string, T>, matches: (record: T) => boolean): void {
  for (const [id, record] of records) if (matches(record)) records.delete(id);
}
