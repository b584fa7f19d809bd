import { Injectable, type ExecutionContext } from '@nestjs/common';
import { PresentUsers } from '../../live-access/present-users.js';
import type { Policy } from '../../rules/policy.js';
import { readMcpToken } from '../../transports/mcp/mcp-request.js';
import { addressOf, transportOf } from '../../transports/transport-of.js';
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
  async identify(context: ExecutionContext): Promise<McpCaller> {
    const text = readMcpToken(context);
    const call = transportOf(context).operationScopeOf(context);
    const address = addressOf(context);
    const { token, issuedAt } = await (call === undefined
      ? this.tokens.authenticate(text, address)
      : this.tokens.authenticateWithin(call, text, address));
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
  recall(context: ExecutionContext): McpCaller | null {
    const known = this.tokens.recall(readMcpToken(context));
    return known === undefined ? null : new McpCaller(known.token, undefined, known.issuedAt);
  }
}
