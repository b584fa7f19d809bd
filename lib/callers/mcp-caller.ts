import type { UserClass } from '@propelauth/node-apis';
import type { Memberships } from '../rules/org-membership.js';
import type { McpToken } from '../types/mcp-token.interface.js';

/** An MCP client with the access token of a user, as the caller of a request. */
export class McpCaller {
  /**
   * @param token what PropelAuth says of the token
   * @param user the user behind it, as PropelAuth knows them now, where that was asked. Their one organization is that of the token
   */
  constructor(
    readonly token: McpToken,
    readonly user: UserClass | undefined,
  ) {}

  /** The organization of the token, as the user is in it now. The token's own word about the role decides nothing. */
  get memberships(): Memberships {
    return this.user?.orgIdToUserOrgInfo ?? {};
  }
}
