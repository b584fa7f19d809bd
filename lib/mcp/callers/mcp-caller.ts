import type { OrgMemberInfo, UserClass } from '@propelauth/node-apis';
import type { McpToken } from '../../index.js';
import type { Memberships } from '../../extend.js';

/** An MCP client with the access token of a user, as the caller of a request. */
export class McpCaller {
  /**
   * @param token what PropelAuth says of the token
   * @param user the user behind the token, as PropelAuth knows them now, if PropelAuth was asked
   * @param issuedAt when the token was issued, in seconds since 1970, if PropelAuth says
   * @param isUserNeeded whether the rules or parameters of the handler need the user
   */
  constructor(
    readonly token: McpToken,
    readonly user?: UserClass,
    readonly issuedAt?: number,
    readonly isUserNeeded: boolean = false,
  ) {}

  /**
   * The user's present membership in the organization of the token, and in no other. What the token itself says about a role decides
   * nothing.
   */
  get memberships(): Memberships {
    const { orgId } = this.token;
    const orgs = this.user?.orgIdToUserOrgInfo ?? {};
    if (orgId === undefined || !Object.hasOwn(orgs, orgId)) return {};
    return { [orgId]: orgs[orgId] as OrgMemberInfo };
  }
}
