import {
  askBackend,
  type BackendAccount,
  type BackendAnswer,
  BackendOutages,
  type Hooks,
  LimitedLog,
  outcomeOf,
  ResolvedOptions,
} from '../../extend.js';
import type { IntrospectionCredentials } from '../introspection-credentials.js';
import { IncompleteIntrospection, readIntrospection, type Introspection } from './introspection.js';

/** Far more than the introspection of one token needs. */
const MAXIMUM_BYTES = 65_536;

const OUTCOME = 'calls with MCP tokens return 503';

/** Asks the authorization server of the project about access tokens of MCP clients (RFC 7662). */
export class IntrospectionClient {
  private readonly log = new LimitedLog();
  private readonly outages = new BackendOutages(
    OUTCOME,
    'PropelAuth responds again to requests about MCP tokens.',
  );

  private readonly account: BackendAccount;

  constructor(
    private readonly options: ResolvedOptions,
    credentials: IntrospectionCredentials,
    private readonly hooks?: Hooks,
  ) {
    this.account = introspectionAccount(options, credentials);
  }

  /**
   * What PropelAuth says of an access token of an MCP client (RFC 7662).
   *
   * @returns the introspection, deeply frozen
   * @throws {Rejection} `mcp_token_invalid` when the token is not an active access token of a user, or `propelauth_unavailable` for every
   * other answer
   */
  introspect(token: string): Promise<Introspection> {
    const ask = () => this.outages.watch(() => this.ask(token));
    return this.hooks?.measure?.({ name: 'introspect', origin: 'guard' }, ask, outcomeOf) ?? ask();
  }

  private ask(token: string): Promise<Introspection> {
    const request = {
      path: '/oauth/2.1/introspect',
      body: new URLSearchParams({ token, token_type_hint: 'access_token' }),
      timeoutMs: this.options.apiTimeoutMs,
      maximumBytes: MAXIMUM_BYTES,
    };
    return askBackend(this.account, request, (answer) => this.read(answer));
  }

  private async read(answer: BackendAnswer): Promise<Introspection> {
    if (answer.status !== 200) {
      this.logMistake(answer.status);
      throw await answer.toUnavailable();
    }
    const value = await answer.readJson();
    try {
      return readIntrospection(value);
    } catch (error) {
      if (error instanceof IncompleteIntrospection) this.logIncomplete(error);
      throw error;
    }
  }

  private logMistake(status: number): void {
    const mistake = describeMistake(status, this.options.authUrl.origin);
    if (mistake !== undefined) this.log.error(mistake);
  }

  private logIncomplete({ message, field }: IncompleteIntrospection): void {
    this.log.error(
      `${message}, so the token is rejected with 401. If this happens to all your MCP clients, ask PropelAuth why ` +
        `token introspection at ${this.options.authUrl.origin} returns no ${field}.`,
    );
  }
}

function describeMistake(status: number, origin: string): string | undefined {
  switch (status) {
    case 401:
      return (
        `PropelAuth rejects the credentials in mcpServer.introspection (401), so ${OUTCOME}. Copy clientId and clientSecret of ` +
        `the environment ${origin} from the Request Validation page, under MCP, of your PropelAuth dashboard.`
      );
    case 404:
      return (
        `authUrl ${origin} has no token introspection (404), so ${OUTCOME}. Turn on MCP for this environment in your ` +
        'PropelAuth dashboard, and check that authUrl is the Auth URL from the Backend Integration page.'
      );
    default:
      return undefined;
  }
}

/**
 * The authorization server of the project, with the credentials for introspection. They are only encoded as Base64, as in PropelAuth's own
 * provider for FastMCP. RFC 6749 (section 2.3.1) asks for form encoding before that.
 */
function introspectionAccount(
  { authUrl, fetch }: Pick<ResolvedOptions, 'authUrl' | 'fetch'>,
  { clientId, clientSecret }: IntrospectionCredentials,
): BackendAccount {
  return {
    origin: authUrl.origin,
    fetch,
    readHeaders: () => ({
      Authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
    }),
  };
}
