import type { OrgMemberInfo, UserClass } from '@propelauth/node-apis';
import {
  activeOrg,
  type DescribedCaller,
  type McpToken,
  type RejectionReason,
} from '../../index.js';
import {
  type AccessDecisionEvent,
  accessSubject,
  asDeclared,
  type Call,
  type CallerAccess,
  type CoreKind,
  type CoreCredentialPlace,
  datedBy,
  OPAQUE_BEARER,
  type Memberships,
  type NamedCache,
  type Policy,
  type PresentUsers,
  type RuledHandler,
} from '../../extend.js';
import type { McpServerOptions } from '../mcp-options.js';
import { findMcpToken } from './mcp-request.js';
import type { McpTokenAuthenticator } from './mcp-token-authenticator.js';

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

/** The types of handlers that MCP clients can call. */
const CALLED_BY_CLIENTS: readonly string[] = ['http', 'mcp'];

const UNREACHED =
  'A rule about MCP tokens is on a handler that MCP clients cannot call. Move it to an HTTP controller, or to a ' +
  'controller of @rekog/mcp-nest.';

/** Identifies MCP clients by the access tokens that PropelAuth issued to them for this server. */
export class McpCallerKind implements CoreKind<McpCaller> {
  readonly name = 'mcp';
  readonly credential: readonly CoreCredentialPlace[] = [OPAQUE_BEARER];
  readonly hasUser = true;
  /** The one organization of the token. */
  readonly orgSource = activeOrg();
  /** MCP SDKs answer with JSON or with an event stream. */
  readonly mayGetStream = true;
  readonly scopeHierarchy: McpServerOptions['scopeHierarchy'];
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
    private readonly options: McpServerOptions,
  ) {
    this.scopeHierarchy = options.scopeHierarchy;
  }

  audit({ type }: RuledHandler): string[] {
    return CALLED_BY_CLIENTS.includes(type) ? [] : [UNREACHED];
  }

  /**
   * It is not OAuth2: Swagger UI would offer to sign in, but cannot name the resource of the token. Instead it has a
   * field for a token that an MCP client got.
   */
  describeScheme(authUrl: string): string {
    const { resource, scopes, metadataUrl } = this.options;
    return (
      `An access token that \`${authUrl}/oauth/2.1\` issued to an MCP client for \`${resource}\`. ` +
      `[${metadataUrl}](${metadataUrl}) tells MCP clients how to get one. Its scopes: ` +
      `${scopes.map((scope) => `\`${scope}\``).join(', ')}.`
    );
  }

  inWords(): string {
    return 'MCP client';
  }

  find(call: Call): string | undefined {
    return findMcpToken(call);
  }

  /** Identifies the client by the introspection of its token. PropelAuth is not asked about the user yet. */
  async identify(text: string, { address, identificationLifetime }: Call): Promise<McpCaller> {
    const found = await this.tokens.authenticate(text, address, identificationLifetime);
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
    const isNeeded = needsPresentUser === true;
    const orgIds = token.orgId === undefined ? [] : [token.orgId];
    const subject = accessSubject(token.userId, orgIds, datedBy(issuedAt, token.expiresAt));
    const user = await this.users.userOf(subject, isNeeded);
    return user === undefined ? caller : new McpCaller(token, user, issuedAt, isNeeded);
  }

  userOf({ user, isUserNeeded }: McpCaller): UserClass | undefined {
    return isUserNeeded ? user : undefined;
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

  report({ token: { clientId, orgId } }: McpCaller): Partial<AccessDecisionEvent> {
    return { credential: 'mcp-token', clientId, ...(orgId !== undefined && { orgId }) };
  }

  get caches(): readonly NamedCache[] {
    const { counts } = this.tokens;
    return [
      ...(counts === undefined ? [] : [['mcp-token', counts] as const]),
      ['user-access', this.users.counts],
    ];
  }

  describe({ token, user, isUserNeeded }: McpCaller): DescribedCaller {
    const { userId, orgId } = token;
    const known = isUserNeeded && user !== undefined ? { user: asDeclared(user) } : {};
    return { userId, orgId, mcp: token, ...known };
  }
}
