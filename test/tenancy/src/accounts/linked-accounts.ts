import { ForbiddenException, Injectable } from '@nestjs/common';
import { ClsService } from 'nestjs-cls';
import { CallerContext } from 'nestjs-propelauth/cls';
import { Accounts } from './accounts.js';
import { AccountsPool } from './accounts-pool.js';

/** Our ids of the caller. */
export interface LinkedAccount {
  /** `null` if the caller is not a user, such as with an API key of an organization. */
  readonly userId: string | null;
  /** `null` if the call is about no organization. */
  readonly orgId: string | null;
}

/** The accounts that a request has found, by PropelAuth's ids. */
const FOUND = Symbol('linked accounts');
type Found = Map<string, Promise<LinkedAccount>>;

/**
 * For `setup` of the option `middleware` of ClsModule, which runs once per request. Without it, and outside of requests, each call makes a
 * query.
 */
export function rememberAccounts(cls: ClsService): void {
  cls.set(FOUND, new Map());
}

const FIND = `
  select users.id as "userId", organizations.id as "orgId",
    users.deleted_at is not null or organizations.deleted_at is not null as "isDeleted"
  from (values ($1, $2)) as caller (user_id, org_id)
  left join users using (user_id) left join organizations using (org_id)`;

/**
 * Maps the caller to our ids. It reads as tenancy_accounts: tenancy_app does not see users without an organization, or whose membership has
 * not arrived yet. It looks only for ids that the guard has verified.
 */
@Injectable()
export class LinkedAccounts {
  constructor(
    private readonly pool: AccountsPool,
    private readonly accounts: Accounts,
    private readonly caller: CallerContext,
    private readonly cls: ClsService,
  ) {}

  /**
   * Makes one query per request, however often it is called.
   *
   * @throws {ForbiddenException} if the user or the organization is deleted: their tokens are valid for half an hour more
   * @throws {Error} in a job that passes the id of an organization alone, if the caller is not in the tables
   */
  current(): Promise<LinkedAccount> {
    const { user, org } = this.caller;
    const ids = [user?.userId ?? null, org?.orgId ?? null];
    // The fields of one GraphQL request can be about several organizations.
    const who = ids.join(' ');
    const found = this.cls.isActive() ? this.cls.get<Found | undefined>(FOUND) : undefined;
    const account = found?.get(who) ?? this.find(ids);
    found?.set(who, account);
    return account;
  }

  private async find(ids: readonly (string | null)[]): Promise<LinkedAccount> {
    const { user, org } = this.caller;
    let account = await this.query(ids);
    if ((user && !account.userId) || (org && !account.orgId)) {
      // Only CallerContext.run() makes a membership without a name, from an id alone, which nobody has verified.
      if (org?.orgName === '') throw new Error(describeUnverified(org.orgId));
      await this.accounts.addFromToken(user, org);
      account = await this.query(ids);
    }
    const { isDeleted, ...linked } = account;
    if (isDeleted) throw new ForbiddenException('This account has been deleted');
    return linked;
  }

  private async query(ids: readonly (string | null)[]) {
    type Row = LinkedAccount & { readonly isDeleted: boolean };
    const { rows } = await this.pool.query<Row>(FIND, [...ids]);
    return rows[0];
  }
}

function describeUnverified(orgId: string): string {
  return (
    `The caller has no account yet, and CallerContext.run() got the id of the organization "${orgId}" alone, so none is created. ` +
    'Check the id, or run the backfill.'
  );
}
