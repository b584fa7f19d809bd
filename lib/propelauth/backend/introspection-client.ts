import type { ResolvedOptions } from '../../options/resolved-options.js';
import { unavailable } from '../../rejections/rejection.js';
import { LimitedLog } from '../../values/limited-log.js';
import { introspectionAccount } from './backend-account.js';
import { BackendOutages } from './backend-outages.js';
import { askBackend, type BackendAnswer } from './backend-request.js';
import { toUnavailableWithPause } from './brief-pause.js';
import { IncompleteIntrospection, readIntrospection, type Introspection } from './introspection.js';

/** Far more than there is to say about one token. */
const MAXIMUM_BYTES = 65_536;

const OUTCOME = 'calls with MCP tokens return 503';

/** Asks the authorization server of the project about access tokens of MCP clients (RFC 7662). */
export class IntrospectionClient {
  private readonly log = new LimitedLog();
  private readonly outages = new BackendOutages(
    OUTCOME,
    'PropelAuth responds again to requests about MCP tokens.',
  );

  constructor(private readonly options: ResolvedOptions) {}

  /** @see BackendClient.introspect */
  introspect(token: string): Promise<Introspection> {
    return this.outages.watch(() => this.ask(token));
  }

  private async ask(token: string): Promise<Introspection> {
    const credentials = this.options.readIntrospectionCredentials();
    if (credentials === undefined) throw unavailable('The option mcp is missing');
    const request = {
      method: 'POST',
      path: '/oauth/2.1/introspect',
      body: new URLSearchParams({ token, token_type_hint: 'access_token' }),
      timeoutMs: this.options.apiTimeoutMs,
      maximumBytes: MAXIMUM_BYTES,
    } as const;
    return askBackend(introspectionAccount(this.options, credentials), request, (answer) =>
      this.read(answer),
    );
  }

  private async read(answer: BackendAnswer): Promise<Introspection> {
    if (answer.status !== 200) {
      this.logMistake(answer.status);
      throw await toUnavailableWithPause(answer);
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
        `PropelAuth rejects the credentials in mcp.introspection (401), so ${OUTCOME}. Copy clientId and clientSecret of ` +
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
