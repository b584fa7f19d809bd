import { Injectable } from '@nestjs/common';
import { type OrgMemberInfo, PropelAuthApi, type User as Caller } from 'nestjs-propelauth';
import { AccountsPool } from './accounts-pool.js';
import {
  ADD_FROM_TOKEN,
  FIND_OLDER,
  REMOVE_ORGS,
  REMOVE_USERS,
  SAVE_ORGS,
  SAVE_USERS,
} from './accounts-sql.js';

type Found<Name extends 'fetchOrg' | 'fetchUserMetadataByUserId'> = NonNullable<
  Awaited<ReturnType<PropelAuthApi[Name]>>
>;
type Org = Pick<Found<'fetchOrg'>, 'orgId' | 'name'>;
type User = Found<'fetchUserMetadataByUserId'>;
type Membership = NonNullable<User['orgIdToOrgInfo']>[string];

/**
 * Our users, organizations and memberships. Each request to PropelAuth gets a number before it is sent, and a row is never changed by the
 * response to an earlier request than its last one. So events can be late, repeated or out of order, and the backfill can run at the same time.
 *
 * Methods that write return how many rows they have changed.
 */
@Injectable()
export class Accounts {
  constructor(
    private readonly pool: AccountsPool,
    private readonly propelAuth: PropelAuthApi,
  ) {}

  async refreshUser(userId: string): Promise<number> {
    const read = await this.nextRead();
    const user = await this.propelAuth.fetchUserMetadataByUserId(userId, true);
    return user === null ? this.removeUser(userId, read) : this.saveUsers([user], read);
  }

  async refreshOrg(orgId: string): Promise<number> {
    const read = await this.nextRead();
    const org = await this.propelAuth.fetchOrg(orgId);
    return org === null ? this.removeOrg(orgId, read) : this.saveOrgs([org], read);
  }

  /** Keeps the row, since others refer to it, without personal data. */
  async removeUser(userId: string, read?: string): Promise<number> {
    return this.write(REMOVE_USERS, [{ user_id: userId, orgs: [] }], read);
  }

  async removeOrg(orgId: string, read?: string): Promise<number> {
    return this.write(REMOVE_ORGS, [{ org_id: orgId }], read);
  }

  async saveUsers(users: readonly User[], read: string): Promise<number> {
    return this.write(SAVE_USERS, users.map(userRow), read);
  }

  async saveOrgs(orgs: readonly Org[], read: string): Promise<number> {
    const rows = orgs.map(({ orgId, name }) => ({ org_id: orgId, name }));
    return this.write(SAVE_ORGS, rows, read);
  }

  /** Adds the user and the organization that the guard has verified, if their first call comes before their events. */
  async addFromToken(user: Caller | null, org: OrgMemberInfo | null): Promise<void> {
    const orgs = org === null ? [] : [membershipRow(org)];
    const row = { user_id: user?.userId, email: user?.email, name: user && nameOf(user), orgs };
    await this.write(ADD_FROM_TOKEN, [row], '0');
  }

  /** The number for a request that is sent after this. */
  async nextRead(): Promise<string> {
    const { rows } = await this.pool.query<{ read: string }>(
      "select nextval('account_reads') as read",
    );
    return rows[0].read;
  }

  /** The accounts whose last request is earlier than a number, and how many accounts there are. */
  async findOlderThan(read: string): Promise<{ orgIds: string[]; userIds: string[]; all: number }> {
    const { rows } = await this.pool.query(FIND_OLDER, [read]);
    return rows[0] as { orgIds: string[]; userIds: string[]; all: number };
  }

  private async write(
    statements: readonly string[],
    rows: readonly object[],
    read?: string,
  ): Promise<number> {
    const parameters = [read ?? (await this.nextRead()), JSON.stringify(rows)];
    const [, ...changes] = await this.pool.write(statements, parameters);
    return changes.reduce((sum, count) => sum + count, 0);
  }
}

function userRow(user: User): object {
  const { userId, email, enabled, orgIdToOrgInfo = {} } = user;
  const orgs = Object.values(orgIdToOrgInfo).map(membershipRow);
  return { user_id: userId, email, name: nameOf(user), enabled, orgs };
}

function nameOf({ firstName, lastName, username }: User | Caller): string | null {
  return [firstName, lastName].filter(Boolean).join(' ') || username || null;
}

function membershipRow(org: Membership): object {
  const { orgId, orgName, userAssignedRole, userAssignedAdditionalRoles } = org;
  const roles = [userAssignedRole, ...userAssignedAdditionalRoles];
  return { org_id: orgId, name: orgName, roles };
}
