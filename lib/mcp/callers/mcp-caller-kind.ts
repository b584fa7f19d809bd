import { Injectable } from '@nestjs/common';
import type { DescribedCaller } from '../../types/caller.js';
import type { CoreCallerKind, CoreCredentialPlace } from '../../callers/core-caller-kind.js';
import type { Decision } from '../../decision/decision.js';
import { PresentUsers } from '../../live-access/present-users.js';
import type { Memberships } from '../../rules/rule-call.js';
import type { NamedCache } from '../../plugins/observer.js';
import type { RejectionReason } from '../../rejections/rejection-table.js';
import type { Policy } from '../../rules/policy.js';
import type { Call } from '../../transports/call.js';
import type { CallerAccess } from '../../transports/open-streams.js';
import { asDeclared } from '../../types/as-declared.js';
import { McpCaller } from './mcp-caller.js';
import { findMcpToken } from './mcp-request.js';
import { McpTokenAuthenticator } from './mcp-token-authenticator.js';

/** Identifies MCP clients by the access tokens that PropelAuth issued to them for this server. */
@Injectable()
export class McpCallerKind implements CoreCallerKind<McpCaller> {
  readonly name = 'mcp';
  readonly credential: readonly CoreCredentialPlace[] = [{ bearer: 'opaque' }];
  readonly hasUser = true;
  readonly missing = 'mcp_token_missing';
  readonly reasons: readonly RejectionReason[] = [
    'mcp_token_invalid',
    'origin_not_allowed',
    'propelauth_unavailable',
  ];
  readonly unanswered = {
    impersonation: 'an MCP token does not say whether an employee impersonates the user',
    'step-up': 'MCP clients cannot send a step-up grant. Use a scope for this action instead',
  };

  constructor(
    private readonly tokens: McpTokenAuthenticator,
    private readonly users: PresentUsers,
  ) {}

  inWords(): string {
    return 'MCP client';
  }

  find(call: Call): string | undefined {
    return findMcpToken(call);
  }

  /** Identifies the client by the introspection of its token. PropelAuth is not asked about the user yet. */
  async identify(text: string, { address, identificationScope }: Call): Promise<McpCaller> {
    const found = await this.tokens.authenticate(text, address, identificationScope);
    const { token, issuedAt } = found;
    return new McpCaller(token, undefined, issuedAt);
  }

  recall(text: string): McpCaller | undefined {
    const known = this.tokens.recall(text);
    return known && new McpCaller(known.token, undefined, known.issuedAt);
  }

  /**
   * The client with the user as PropelAuth knows them now, if the handler needs the user, or if the user's access may have changed since
   * the token was issued.
   *
   * @throws {Rejection} as {@link PresentUsers.userOf}
   */
  async refresh(
    caller: McpCaller,
    { needsPresentUser }: Pick<Policy, 'needsPresentUser'>,
  ): Promise<McpCaller> {
    const { token, issuedAt } = caller;
    const isNeeded = needsPresentUser === true || this.users.mayHaveChanged(token, issuedAt);
    if (!isNeeded) return caller;
    const user = await this.users.userOf(token);
    return new McpCaller(token, user, issuedAt, needsPresentUser === true);
  }

  scopesOf({ token }: McpCaller): readonly string[] {
    return token.scopes;
  }

  membershipsOf({ memberships }: McpCaller): Memberships {
    return memberships;
  }

  /** Without leeway, because only PropelAuth's response shows that the token is active. */
  accessOf({ token }: McpCaller): CallerAccess {
    const { userId, orgId, expiresAt } = token;
    return { userId, orgId, validUntil: expiresAt * 1000 };
  }

  get caches(): readonly NamedCache[] {
    const { counts } = this.tokens;
    return [
      ...(counts === undefined ? [] : [['mcp-token', counts] as const]),
      ['user-access', this.users.counts],
    ];
  }

  keep({ token, user, isUserNeeded }: McpCaller, decision: Decision): void {
    decision.mcp = token;
    if (isUserNeeded && user !== undefined) decision.user = user;
  }

  describe({ token, user, isUserNeeded }: McpCaller): DescribedCaller {
    const { userId, orgId } = token;
    const known = isUserNeeded && user !== undefined ? { user: asDeclared(user) } : {};
    return { userId, orgId, mcp: token, ...known };
  }
}
