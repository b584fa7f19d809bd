import { OrgRoleStructure, type OrgMemberInfo, type UserClass } from '@propelauth/node-apis';
import { readUser } from '../../lib/callers/user/user-claims.js';
import { readMembership } from '../../lib/propelauth/backend/org-claims.js';
import type { UserState } from '../../lib/propelauth/backend/user-state.js';
import type { AccessEvent } from '../../lib/plugins/current-access.js';
import { accessSubject, type AccessSubject } from '../../lib/plugins/current-access.js';
import { unavailable } from '../../lib/rejections/rejection.js';
import type { SimulatedTime } from './simulated-time.js';

/** A user as PropelAuth knows them. */
export interface Person {
  readonly isEnabled: boolean;
  /** Whether there is such a user no longer, who is not enabled then. */
  readonly isDeleted: boolean;
  /** The role in each organization, by its id. */
  readonly roles: Readonly<Record<string, string>>;
}

/** A token, when it was issued, and of what time the access in it is. */
export interface SimulatedToken extends AccessSubject {
  readonly user: UserClass;
  readonly madeAt: number;
  readonly accessOf: number;
}

/** What a token is like. */
export interface TokenKind {
  readonly userId: string;
  /** How old the access is that it gets. */
  readonly lag: number;
  /** The one organization that it is about; `undefined` for one about all of them. */
  readonly activeOrg: string | undefined;
  readonly livesFor: number;
}

/** An answer of PropelAuth about a user. */
export interface SimulatedRead {
  readonly userId: string;
  readonly begunAt: number;
  readonly endedAt: number;
  /** `undefined` when it failed. */
  readonly person: Person | undefined;
  /** About users who are not there, an answer about several says nothing. */
  readonly saysNothing: boolean;
}

/** How one read goes: how old its answer is, how long it takes, and whether it fails. */
export interface ReadFate {
  readonly lag: number;
  readonly latency: number;
  readonly fails: boolean;
}

export const EPOCH = Date.UTC(2026, 0, 1) / 1000;
export const USERS = [1, 2].map((number) => `00000000-0000-4000-8000-00000000000${number}`);
export const ORGS = ['org-a', 'org-b'];
export const TOKEN_SECONDS = 1_800;

/** PropelAuth with clocks of its own, reads that lag behind, and a memory of how everything was. */
export class SimulatedPropelAuth {
  readonly reads: SimulatedRead[] = [];
  readonly deletedOrgs = new Set<string>();
  private readonly histories = new Map<string, { since: number; person: Person }[]>();

  constructor(
    private readonly time: SimulatedTime,
    /** How fast the clock that issues tokens is. */
    private readonly clockSkew: number,
    private readonly fates: readonly ReadFate[],
  ) {
    const roles = Object.fromEntries(ORGS.map((orgId) => [orgId, 'Admin']));
    for (const userId of USERS) {
      this.histories.set(userId, [
        { since: -Infinity, person: { isEnabled: true, isDeleted: false, roles } },
      ]);
    }
  }

  personAt(userId: string, time: number): Person {
    return this.historyOf(userId).findLast(({ since }) => since <= time)!.person;
  }

  /** How a user was at some time between two. */
  peopleBetween(userId: string, start: number, end: number): Person[] {
    const later = this.historyOf(userId).filter(({ since }) => since > start && since <= end);
    return [this.personAt(userId, start), ...later.map(({ person }) => person)];
  }

  /** Changes a user now. */
  change(userId: string, changes: Partial<Person>): void {
    const person = { ...this.personAt(userId, this.time.now), ...changes };
    this.historyOf(userId).push({ since: this.time.now, person });
  }

  /** @returns `undefined` for a user who may not sign in, or not in this organization */
  issue({ userId, lag, activeOrg, livesFor }: TokenKind): SimulatedToken | undefined {
    const madeAt = this.time.now;
    const accessOf = madeAt - lag;
    const { isEnabled, roles } = this.personAt(userId, accessOf);
    const activeRole = activeOrg && roles[activeOrg];
    if (!isEnabled || (activeOrg !== undefined && activeRole === undefined)) return undefined;
    const issuedAt = Math.floor(EPOCH + this.time.now + this.clockSkew);
    const user = readUser({
      user_id: userId,
      email: `${userId}@example.com`,
      login_method: { login_method: 'password' },
      impersonator_user_id: 'somebody',
      ...(activeOrg
        ? { org_member_info: membershipClaims(activeOrg, activeRole!) }
        : {
            org_id_to_org_member_info: Object.fromEntries(
              Object.entries(roles).map(([orgId, role]) => [orgId, membershipClaims(orgId, role)]),
            ),
          }),
    });
    const expiresAt = issuedAt + livesFor;
    const orgIds = Object.keys(user.orgIdToUserOrgInfo ?? {});
    const subject = accessSubject(userId, orgIds, { issuedAt, expiresAt }, true);
    return { ...subject, user, madeAt, accessOf };
  }

  async fetchUserStates(userIds: readonly string[]): Promise<Map<string, UserState>> {
    const people = await this.read(userIds);
    // About users who are not there it says nothing.
    return new Map(
      userIds.flatMap((userId, index) =>
        people[index]!.isDeleted ? [] : [[userId, stateOf(people[index]!)]],
      ),
    );
  }

  async fetchUserState(userId: string): Promise<UserState | null> {
    const [person] = await this.read([userId]);
    return person!.isDeleted ? null : stateOf(person!);
  }

  private async read(userIds: readonly string[]): Promise<Person[]> {
    const begunAt = this.time.now;
    const { lag, latency, fails } = this.fates[this.reads.length % this.fates.length]!;
    const people = userIds.map((userId) => this.personAt(userId, begunAt - lag));
    userIds.forEach((userId, index) =>
      this.reads.push({
        userId,
        begunAt,
        endedAt: begunAt + latency,
        person: fails ? undefined : people[index],
        saysNothing: !fails && userIds.length > 1 && people[index]!.isDeleted,
      }),
    );
    await this.time.sleep(latency);
    if (fails) throw unavailable('The simulation says so');
    return people;
  }

  private historyOf(userId: string): { since: number; person: Person }[] {
    return this.histories.get(userId)!;
  }
}

/** A change of PropelAuth's state that sends an event. */
export interface Change {
  readonly userId: string;
  readonly orgId: string;
  readonly kind:
    | 'disable'
    | 'enable'
    | 'delete'
    | 'remove'
    | 'add'
    | 'demote'
    | 'promote'
    | 'delete-org';
}

/** Makes a change. @returns the event that tells of it; `undefined` when there is nothing to change */
export function makeChange(
  propelAuth: SimulatedPropelAuth,
  time: SimulatedTime,
  { userId, orgId, kind }: Change,
): AccessEvent | undefined {
  const { isEnabled, isDeleted, roles } = propelAuth.personAt(userId, time.now);
  if (isDeleted && kind !== 'delete-org') return undefined;
  const { [orgId]: role, ...others } = roles;
  const inOrg = { user_id: userId, org_id: orgId };
  const newRole = { demote: 'Member', promote: 'Admin' }[kind as string];
  switch (kind) {
    case 'disable':
    case 'enable':
      if (isEnabled === (kind === 'enable')) return undefined;
      propelAuth.change(userId, { isEnabled: kind === 'enable' });
      return { event_type: `user.${kind}d`, user_id: userId };
    case 'delete':
      propelAuth.change(userId, { isEnabled: false, isDeleted: true, roles: {} });
      return { event_type: 'user.deleted', user_id: userId };
    case 'remove':
      if (role === undefined) return undefined;
      propelAuth.change(userId, { roles: others });
      return { event_type: 'user.removed_from_org', removed_user_id: userId, org_id: orgId };
    case 'add':
      if (role !== undefined || propelAuth.deletedOrgs.has(orgId)) return undefined;
      propelAuth.change(userId, { roles: { ...others, [orgId]: 'Member' } });
      return { event_type: 'user.added_to_org', ...inOrg };
    case 'delete-org':
      if (propelAuth.deletedOrgs.has(orgId)) return undefined;
      propelAuth.deletedOrgs.add(orgId);
      for (const memberId of USERS) {
        const { [orgId]: _deleted, ...left } = propelAuth.personAt(memberId, time.now).roles;
        propelAuth.change(memberId, { roles: left });
      }
      return { event_type: 'org.deleted', org_id: orgId };
    default:
      if (role === undefined || role === newRole) return undefined;
      propelAuth.change(userId, { roles: { ...others, [orgId]: newRole! } });
      return { event_type: 'user.role_changed_within_org', ...inOrg };
  }
}

function stateOf({ isEnabled, roles }: Person): UserState {
  const orgs = Object.entries(roles).map(
    ([orgId, role]) => [orgId, membershipIn(orgId, role)] as const,
  );
  return { isEnabled, orgs: new Map(orgs) };
}

function membershipIn(orgId: string, role: string): OrgMemberInfo {
  const claims = { ...membershipClaims(orgId, role), org_metadata: { of: 'the answer' } };
  return readMembership(claims)!;
}

/** What goes with a role. */
export function rolesOf(role: string) {
  return {
    userAssignedRole: role,
    userInheritedRolesPlusCurrentRole: role === 'Admin' ? ['Admin', 'Member'] : ['Member'],
    userPermissions: role === 'Admin' ? ['can_pay'] : [],
    userAssignedAdditionalRoles: [],
    orgRoleStructure: OrgRoleStructure.SingleRole,
  };
}

function membershipClaims(orgId: string, role: string) {
  const roles = rolesOf(role);
  return {
    org_id: orgId,
    org_name: orgId,
    url_safe_org_name: orgId,
    org_metadata: { of: 'the token' },
    user_role: role,
    inherited_user_roles_plus_current_role: roles.userInheritedRolesPlusCurrentRole,
    user_permissions: roles.userPermissions,
    additional_roles: [],
  };
}
