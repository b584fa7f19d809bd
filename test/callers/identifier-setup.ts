import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import type { UserClass } from '@propelauth/node-apis';
import type { ApiKeyLookUps } from '../../lib/callers/api-key/api-key-look-ups.js';
import { ApiKeyCaller } from '../../lib/callers/api-key/api-key-caller.js';
import { ApiKeyCallerKind } from '../../lib/callers/api-key/api-key-caller-kind.js';
import type { CoreKind } from '../../lib/callers/core-kind.js';
import { IdentifiedCaller, CallerIdentifier } from '../../lib/callers/caller-identifier.js';
import { OPAQUE_BEARER, TOKENS_OF_USERS } from '../../lib/callers/credential-places.js';
import { CallerKinds } from '../../lib/callers/caller-kinds.js';
import { McpCaller, type McpCallerKind } from '../../lib/mcp/callers/mcp-caller-kind.js';
import { findMcpToken } from '../../lib/mcp/callers/mcp-request.js';
import type { UserCallerKind } from '../../lib/callers/user/user-caller-kind.js';
import type { VerifiedUser } from '../../lib/callers/user/token-verifier.js';
import type { PropelAuthModuleOptions } from '../../lib/options/propel-auth-module-options.interface.js';
import { callOf } from '../../lib/transports/call-of.js';
import { ResolvedOptions } from '../../lib/options/resolved-options.js';
import { Rejection } from '../../lib/rejections/rejection.js';
import { DEFAULT_POLICY, type Policy } from '../../lib/rules/policy.js';
import type { ApiKey } from '../../lib/types/api-key.js';
import type { McpToken } from '../../lib/types/mcp-token.interface.js';
import { fake } from '../support/fake.js';
import { ACME_ID, API_KEY, AUTH_URL } from '../support/project.js';

export const user = { userId: 'user-alice' } as UserClass;
export const verified: VerifiedUser = { user, validUntil: Infinity };
export const personal = { kind: 'personal', user: { userId: 'user-alice' } } as ApiKey;
export const ofOrg = { kind: 'org', org: { orgId: ACME_ID, name: 'Acme Inc' } } as ApiKey;
export const client = new McpCaller({ userId: 'user-alice' } as McpToken);
export const clientWithUser = new McpCaller(client.token, user);

/** A text that is taken for an access token, and for no API key. */
export const TOKEN = 'a.b.c';

export type Headers = Readonly<Record<string, string>>;

export const authorization = (text: string): Headers => ({ authorization: `Bearer ${text}` });
export const xApiKey = (text: string): Headers => ({ 'x-api-key': text });

class Reports {
  show(this: void): void {}
}

/** An identifier whose collaborators write down what they are asked, and answer as the test says. */
export class IdentifierSetup {
  /** What the collaborators were asked, in words, and what they were given. */
  readonly asked: unknown[][] = [];
  token: () => VerifiedUser | Promise<VerifiedUser> = () => verified;
  apiKey: () => Promise<ApiKey> = async () => personal;
  knownUser: VerifiedUser | undefined = verified;
  knownKey: ApiKey | undefined = personal;
  readonly policy: Policy;
  readonly callers: CallerIdentifier;

  constructor(
    policy: Partial<Policy>,
    options: Partial<PropelAuthModuleOptions> = {},
    /** Names of kinds of callers that no plugin adds. */
    missing: readonly string[] = [],
  ) {
    this.policy = { ...DEFAULT_POLICY, ...policy };
    const noted =
      <Answer>(question: string, answer: () => Answer) =>
      (...given: unknown[]) => {
        this.asked.push([question, ...given]);
        return answer();
      };
    const token = noted('token', () => this.token());
    const knownToken = noted('known token', async () => this.knownUser);
    const list = [
      fake<UserCallerKind>({
        name: 'user',
        credential: [TOKENS_OF_USERS],
        isSelfContained: true,
        missing: 'token_missing',
        identify: (text, { tokenLifetime }) => token(text, tokenLifetime),
        recall: (text, { tokenLifetime }) => knownToken(text, tokenLifetime),
      }),
      new ApiKeyCallerKind(
        fake<ApiKeyLookUps>({
          lookUps: fake<ApiKeyLookUps['lookUps']>({
            find: noted('key', () => this.apiKey()),
            recall: noted('known key', () => this.knownKey),
          }),
          callerKeyOf: (text) => `key of ${text}`,
        }),
      ),
      fake<McpCallerKind>({
        name: 'mcp',
        credential: [OPAQUE_BEARER],
        missing: 'mcp_token_missing',
        find: findMcpToken,
        identify: noted('client', async () => client),
        refresh: noted('present user', async () => clientWithUser),
        recall: noted('known client', () => client),
      }),
    ] as readonly CoreKind[];
    const resolved = new ResolvedOptions({ authUrl: AUTH_URL, apiKey: API_KEY, ...options });
    const known = list.filter(({ name }) => !missing.includes(name));
    this.callers = new CallerIdentifier(new CallerKinds(known), resolved, {});
  }

  /** A request with these headers, from an address. */
  request(headers: Headers = {}): object {
    return { headers, ip: '192.0.2.1', socket: { remoteAddress: '192.0.2.1' } };
  }

  context(type: string, ...args: unknown[]): ExecutionContextHost {
    const context = new ExecutionContextHost(args, Reports, Reports.prototype.show);
    context.setType(type);
    return context;
  }

  http(headers: Headers = {}): ExecutionContextHost {
    return this.context('http', this.request(headers), {});
  }

  /** Who calls, or why nobody is let in. */
  async outcome(context: ExecutionContextHost): Promise<unknown> {
    return outcomeOf(() => this.callers.identify(callOf(context), this.policy));
  }

  async anyone(context: ExecutionContextHost): Promise<unknown> {
    return outcomeOf(() => this.callers.find(callOf(context), this.policy));
  }

  async known(context: ExecutionContextHost): Promise<unknown> {
    return outcomeOf(() => this.callers.recall(callOf(context), this.policy));
  }

  /** What the collaborators were asked, without what they were given. */
  get questions(): unknown[] {
    return this.asked.map(([question]) => question);
  }
}

/** The reason of a rejection, and of an API key what PropelAuth says about it. */
async function outcomeOf(ask: () => unknown): Promise<unknown> {
  try {
    const caller = await ask();
    const identity = caller instanceof IdentifiedCaller ? caller.identity : caller;
    return identity instanceof ApiKeyCaller ? identity.apiKey : identity;
  } catch (error) {
    return error instanceof Rejection ? error.reason : error;
  }
}
