import { Injectable } from '@nestjs/common';
import { PresentUsers } from '../../live-access/present-users.js';
import type { Policy } from '../../rules/policy.js';
import { readMcpToken } from './mcp-request.js';
import type { Call } from '../../transports/call.js';
import { McpCaller } from './mcp-caller.js';
import { McpTokenAuthenticator } from './mcp-token-authenticator.js';

/** Identifies the MCP client that calls, and its user. */
@Injectable()
export class McpCallerIdentifier {
  constructor(
    private readonly tokens: McpTokenAuthenticator,
    private readonly users: PresentUsers,
  ) {}

  /**
   * The client, by what PropelAuth says of its token. Nothing is asked about the user yet.
   *
   * @throws {Rejection} without a token that PropelAuth calls active
   */
  async identify(call: Call): Promise<McpCaller> {
    const text = readMcpToken(call);
    const { address, operationScope } = call;
    const { token, issuedAt } = await (operationScope === undefined
      ? this.tokens.authenticate(text, address)
      : this.tokens.authenticateWithin(operationScope, text, address));
    return new McpCaller(token, undefined, issuedAt);
  }

  /**
   * The same with the user as PropelAuth knows them now, where the rules of the handler need that, and where it may differ from what was known
   * when the token was issued.
   *
   * @throws {Rejection} `token_revoked` when the user is disabled or deleted, `propelauth_unavailable` when that is not known
   */
  async withPresentUser(
    caller: McpCaller,
    { needsPresentUser }: Pick<Policy, 'needsPresentUser'>,
  ): Promise<McpCaller> {
    const { token, issuedAt } = caller;
    const isNeeded = needsPresentUser === true || this.users.mayHaveChanged(token, issuedAt);
    if (!isNeeded) return caller;
    return new McpCaller(token, await this.users.userOf(token), issuedAt);
  }

  /** The client of a token that this process remembers, without asking anyone. */
  recall(call: Call): McpCaller | null {
    const known = this.tokens.recall(readMcpToken(call));
    return known === undefined ? null : new McpCaller(known.token, undefined, known.issuedAt);
  }
}
