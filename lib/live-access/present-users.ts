import { Injectable } from '@nestjs/common';
import type { UserClass } from '@propelauth/node-apis';
import { unavailable } from '../refusals/refusal.js';
import type { McpToken } from '../types/mcp-token.interface.js';

/** Users as PropelAuth knows them now, for callers whose token does not say who they are. */
@Injectable()
export class PresentUsers {
  /**
   * The user behind an MCP token, with the organization of the token alone, if they are in it now.
   *
   * @returns deeply frozen
   * @throws {Refusal} `token_revoked` when the user is disabled or deleted, `propelauth_unavailable` when that is not known
   */
  async userOf(token: McpToken): Promise<UserClass> {
    void token;
    throw unavailable('not built');
  }

  /**
   * Whether the access of a user, or of the organization of the token, may have changed since the token was issued, so that the present
   * state is needed whatever the rules are. `false` without `liveAccess`.
   *
   * @param issuedAt in seconds since 1970; `undefined` when PropelAuth does not say
   */
  mayHaveChanged(token: McpToken, issuedAt: number | undefined): boolean {
    void token;
    void issuedAt;
    return false;
  }
}
