import { IntrospectionClient } from './introspection-client.js';
import { McpServerOptions } from '../mcp-options.js';
import type { Introspection } from './introspection.js';
import {
  type CacheCounts,
  CredentialLookUps,
  DerivedSecret,
  hasThreeParts,
  type Hooks,
  isPlausibleSecret,
  LimitedLog,
  Rejection,
  ResolvedOptions,
} from '../../extend.js';
import { describeMismatch, isIssuedFor } from './token-audience.js';

const MAXIMUM_TOKEN_LENGTH = 4_096;

/** RFC 6750, section 2.1. */
const BEARER_TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;

const OVERLOADED =
  'Clients send more MCP tokens than PropelAuth introspects in time, so some of their requests return 503. Limit the ' +
  'request rate per client address, or raise mcpServer.cacheSeconds if the tokens are valid.';

/** A token that PropelAuth called active, and that was issued for this resource. */
type IntrospectedToken = Pick<Introspection, 'token' | 'issuedAt'>;

/** Introspects tokens of MCP clients with PropelAuth, and caches valid ones as the options say. */
export class McpTokenAuthenticator {
  private readonly log = new LimitedLog();
  private readonly lookUps: CredentialLookUps<IntrospectedToken>;
  private readonly toleranceSeconds: number;
  private readonly resource: string;

  constructor(
    options: ResolvedOptions,
    private readonly introspection: IntrospectionClient,
    mcp: McpServerOptions,
    hooks: Hooks,
  ) {
    this.toleranceSeconds = options.clockToleranceSeconds;
    this.resource = mcp.resource;
    const secret = new DerivedSecret(
      options.readApiKey(),
      'cache key of an MCP token, version 1',
      options.authUrl.origin,
    );
    this.lookUps = new CredentialLookUps<IntrospectedToken>(
      {
        lifetimeMilliseconds: mcp.cacheSeconds * 1000,
        implausible: 'mcp_token_invalid',
        overloaded: OVERLOADED,
        changesTooFast: "The access of an MCP token's user changes faster than PropelAuth responds",
        isPlausible: isPlausibleToken,
        cacheKeyOf: (token) => secret.macOf(token),
        questionsAbout: (token) => [() => this.ask(token)],
        ownersOf: ({ token: { userId, orgId } }) => ({ userId, orgId }),
        expiryOf: ({ token: { expiresAt } }) => expiresAt * 1000,
      },
      hooks,
    );
  }

  /**
   * @param token the token as the caller sent it; it can be any text
   * @param address the address of the client, if it is known
   * @param request an object that lasts exactly as long as the call: PropelAuth is asked once for all parts of the call
   * @returns the introspected token, deeply frozen
   * @throws {Rejection} `mcp_token_invalid`, `mcp_audience_mismatch`, or `propelauth_unavailable` without a usable answer
   */
  async authenticate(
    token: string,
    address?: string,
    request?: object,
  ): Promise<IntrospectedToken> {
    return this.unexpired(await this.lookUps.find(token, address, request));
  }

  /** The introspected token that this process remembers. It causes no request. */
  recall(token: string): IntrospectedToken | undefined {
    return this.lookUps.recall(token);
  }

  /** The counts of the cache; `undefined` when nothing is remembered. */
  get counts(): CacheCounts | undefined {
    return this.lookUps.counts;
  }

  private async ask(text: string): Promise<IntrospectedToken> {
    const introspection = await this.introspection.introspect(text);
    if (!isIssuedFor(this.resource, introspection)) {
      this.log.error(describeMismatch(this.resource, introspection));
      throw new Rejection('mcp_audience_mismatch');
    }
    const { token, issuedAt } = introspection;
    return this.unexpired(Object.freeze({ token, issuedAt }));
  }

  /** Rejects a token that has expired: PropelAuth's clock may be behind, and a call may have waited for the answer, or go on for long. */
  private unexpired(introspected: IntrospectedToken): IntrospectedToken {
    const expiresAt = introspected.token.expiresAt + this.toleranceSeconds;
    if (Date.now() >= expiresAt * 1000) throw new Rejection('mcp_token_invalid');
    return introspected;
  }
}

/**
 * Text in three parts, such as an access token of a user, is not sent for introspection: tokens of users are for this application alone.
 */
function isPlausibleToken(token: unknown): boolean {
  return (
    isPlausibleSecret(token, MAXIMUM_TOKEN_LENGTH) &&
    BEARER_TOKEN.test(token) &&
    !hasThreeParts(token)
  );
}
