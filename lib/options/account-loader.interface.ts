import type { Caller } from '../types/caller.js';
import type { Account } from '../types/declared-types.js';
import type { OrgMemberInfo } from '../types/org-member-info.js';

/**
 * Loads the application's own record of a caller: the class of the option `account` of {@link PropelAuthModule.forRoot}, a singleton
 * provider of the application.
 *
 * @example
 * ```ts
 * @Injectable()
 * class AccountsOfUsers implements AccountLoader {
 *   constructor(private readonly rows: UserRows) {}
 *
 *   load({ userId, user }: Caller) {
 *     return userId === undefined ? null : this.rows.upsert({ userId, email: user?.email });
 *   }
 * }
 * ```
 *
 * @publicApi
 */
export interface AccountLoader<Loaded extends object = Account> {
  /**
   * Loads the account, and creates it if the application creates accounts at the first call. It is called once for concurrent calls of one
   * caller in one organization, so it gets no context of a call. All of them get the same object.
   *
   * @param caller the verified caller: a user, the owner of an API key or an MCP client
   * @param org the caller's membership in the organization that the rules have checked; `null` on a handler without organization rules
   * @returns the account; `null` or `undefined` for a caller without one, who gets 403 where a handler has `@CurrentAccount()`
   * @throws anything. An exception of Nest becomes the response, any other error a 500
   */
  load(
    caller: Caller,
    org: OrgMemberInfo | null,
  ): Loaded | null | undefined | Promise<Loaded | null | undefined>;
}
