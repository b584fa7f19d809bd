import { createHash } from 'node:crypto';
import { Origins } from './access/origins.js';
import { Sessions } from './access/sessions.js';
import type { App } from './app.js';
import { createApp } from './app.js';
import { Functions } from './backend/functions.js';
import { TOTP_CODE } from './backend/step-up-endpoints.js';
import type { Core } from './core.js';
import type { EmulatorOptions } from './emulator-options.js';
import { EmulatorError } from './emulator.error.js';
import type { SignedWebhook, WebhookOptions } from './issuer/signed-webhook.js';
import type { TokenIssuer } from './issuer/token-issuer.js';
import { OAuthStore } from './oauth/oauth-store.js';
import { addDescribedUser, addUserOfToken, descriptionOf } from './project/described-users.js';
import { Project } from './project/project.js';
import type { UserDescription } from './project/user-description.js';
import { Recorder, type Failure, type RecordedCall } from './recorder.js';
import { RequestLog } from './request-log.js';
import { applySeed } from './seed/apply-seed.js';
import type { CheckedSeed } from './seed/read-seed.js';
import type { ListenOptions, RunningServer } from './server/server.js';
import { StateFile, type Place } from './state/state-file.js';
import { checkWebhookUrl } from './webhooks/webhook-url.js';
import { Webhooks } from './webhooks/webhooks.js';

/**
 * A step-up grant for {@link Emulator.grantStepUp}.
 *
 * @publicApi
 */
export interface StepUpGrantDescription {
  /** The user who passed the challenge. */
  readonly userId: string;
  /** The action, as in `@RequireStepUpMfa()`. */
  readonly actionType: string;
  /** Whether the grant can be used only once. Default: `true`. */
  readonly oneTimeUse?: boolean;
  /** How long the grant is valid, in seconds. Default: 300. */
  readonly validForSeconds?: number;
}

/**
 * An end-user API key for {@link Emulator.createApiKey}.
 *
 * @publicApi
 */
export interface ApiKeyDescription {
  /** The user it belongs to. Default: none. */
  readonly userId?: string;
  /** The organization it belongs to. Default: none. */
  readonly orgId?: string;
  /** A key that was made elsewhere and is imported, as the client sends it. Default: PropelAuth makes the key. */
  readonly importedApiKey?: string;
  /** The name that the user gave it. Default: none. */
  readonly displayName?: string;
  /** Default: none. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** The lifetime from now, in seconds. Negative for an expired key. Default: it does not expire. */
  readonly expiresInSeconds?: number;
}

/**
 * PropelAuth in memory: users, organizations, access tokens, API keys, step-up grants and tokens of MCP clients. It answers requests like
 * PropelAuth, without a port. {@link createEmulator} creates one.
 *
 * @typeParam User how users are described. Default: as for {@link TokenIssuer}
 * @publicApi
 */
export class Emulator<User extends UserDescription = UserDescription> {
  /** The code that PropelAuth's `verifyStepUpTotpChallenge` accepts for every user with MFA. */
  static readonly TOTP_CODE = TOTP_CODE;

  /** Creates access tokens, tokens of MCP clients and signed webhooks. The emulator knows every user of its tokens. */
  readonly issuer: TokenIssuer<User>;
  /** @internal */
  readonly core: Core;
  readonly #app: App;
  readonly #seed: CheckedSeed;
  readonly #servers = new Set<RunningServer>();
  readonly #forgetIssuer: () => void;
  #state: StateFile | undefined;

  /** @internal */
  constructor(
    issuer: TokenIssuer<User>,
    seed: CheckedSeed,
    options: Pick<EmulatorOptions, 'allowedOrigins' | 'webhooks' | 'call' | 'name' | 'say'> = {},
  ) {
    const { allowedOrigins, webhooks, call = 'http://localhost:3000/', say = () => {} } = options;
    const project = new Project(issuer);
    const origins = new Origins(allowedOrigins);
    const recorder = new Recorder();
    const webhookUrl = webhooks === undefined ? undefined : checkWebhookUrl(webhooks, origins);
    this.issuer = issuer;
    this.core = {
      issuer,
      project,
      functions: new Functions(project),
      recorder,
      sessions: new Sessions(project, issuer.cookieKey),
      origins,
      oauth: new OAuthStore(project),
      webhooks: new Webhooks(issuer, recorder, webhookUrl, say),
      log: new RequestLog(say),
      name: options.name ?? 'Your project',
      reset: () => this.reset(),
      call,
    };
    this.#seed = seed;
    applySeed(project, seed);
    project.onEvent((event) => this.core.webhooks.send(event));
    this.#forgetIssuer = issuer.onUser((user) => addUserOfToken(project, user));
    this.#app = createApp(this.core);
  }

  /** The latest calls, at most 1,000, oldest first. */
  get calls(): readonly RecordedCall[] {
    return this.core.recorder.calls;
  }

  /**
   * Answers a request like PropelAuth. It has the parameters of the global `fetch`, and sends nothing.
   *
   * @param input the address, of any host, or a request
   * @param init the method, headers and body
   * @returns the response
   * @example
   * ```ts
   * const response = await emulator.fetch('https://auth.example.com/.well-known/oauth-authorization-server/oauth/2.1');
   * ```
   */
  readonly fetch: typeof globalThis.fetch = async (input, init) =>
    this.handle(new Request(input, init));

  /** @internal @param resource what tokens of tests are for that are for no other resource */
  async handle(request: Request, resource?: string): Promise<Response> {
    const response = await this.#app.fetch(request, { resource });
    await this.#state?.saved();
    return response;
  }

  /** @internal Goes on with what a file has, and keeps all changes there. In tests, there is none. */
  async keepIn(place: Omit<Place, 'seed'>): Promise<void> {
    const { project, oauth } = this.core;
    const seed = createHash('sha256').update(JSON.stringify(this.#seed)).digest('hex');
    const tables = { ...project.tables, ...oauth.tables };
    this.#state = await StateFile.open({ ...place, seed }, tables);
  }

  /**
   * Describes a user of the seed, or one that was added, as they are now.
   *
   * @param name the username or the email address
   * @returns the user, for {@link TokenIssuer.accessToken}
   * @throws {EmulatorError} if there is no such user; it names those that there are
   * @example
   * ```ts
   * const token = await emulator.issuer.accessToken(emulator.user('alice'));
   * ```
   */
  user(name: string): User {
    const { project } = this.core;
    const user = project.findUserByUsername(name) ?? project.findUserByEmail(name);
    // The compiler does not see the seed, so it cannot compare the seed's roles with those that `User` allows.
    if (user !== undefined) return descriptionOf(project, user) as User;
    const names = [...project.users.values()]
      .slice(0, 20)
      .map(({ username, email }) => username ?? email);
    const known =
      names.length === 0 ? 'The emulator has no users' : `Use one of ${names.join(', ')}`;
    throw new EmulatorError(`There is no user ${JSON.stringify(name)}. ${known}.`);
  }

  /**
   * Adds a user and their organizations. An existing user is replaced, and leaves the organizations that are not listed.
   *
   * @param user the user, as for {@link TokenIssuer.accessToken}
   * @param options `mfaEnabled`: whether the user has set up MFA by TOTP; default `false`
   * @returns the id of the user
   * @throws {EmulatorError} for a role that the project does not have
   * @example
   * ```ts
   * const userId = emulator.addUser({ email: 'bob@example.com', orgs: [{ orgName: 'Acme Inc', role: 'Admin' }] });
   * ```
   */
  addUser(user: User, options: { mfaEnabled?: boolean } = {}): string {
    return addDescribedUser(this.core.project, user, { mfa_enabled: options.mfaEnabled }).user_id;
  }

  /**
   * Creates an end-user API key.
   *
   * @param key its owner: a user, an organization, both or none; see {@link ApiKeyDescription}
   * @returns the key that the client sends
   * @throws {EmulatorError} for an unknown user or organization, and for a key to import that is empty or known
   * @example
   * ```ts
   * const apiKey = emulator.createApiKey({ userId: emulator.issuer.userId(alice) });
   * ```
   */
  createApiKey({ expiresInSeconds, importedApiKey, ...key }: ApiKeyDescription): string {
    const { project } = this.core;
    const imported = importedApiKey !== undefined && { token: importedApiKey, isImported: true };
    if (imported && !project.canImportApiKey(importedApiKey)) {
      throw new EmulatorError('importedApiKey is empty, or a key that the emulator knows.');
    }
    this.#assertKnown('userId', key.userId, project.users);
    this.#assertKnown('orgId', key.orgId, project.orgs);
    const expiresAt = expiresInSeconds === undefined ? undefined : project.now() + expiresInSeconds;
    return project.addApiKey({ ...key, ...imported, expiresAt }).token;
  }

  /**
   * Creates a step-up grant, as if the user had passed the MFA challenge.
   *
   * @param grant the user and the action; see {@link StepUpGrantDescription}
   * @returns the grant that the client sends
   * @throws {EmulatorError} for an unknown user
   * @example
   * ```ts
   * const grant = emulator.grantStepUp({ userId: emulator.issuer.userId(alice), actionType: 'DELETE_ORG' });
   * ```
   */
  grantStepUp(grant: StepUpGrantDescription): string {
    const { userId, actionType, oneTimeUse = true, validForSeconds = 300 } = grant;
    const { project } = this.core;
    this.#assertKnown('userId', userId, project.users);
    const expiresAt = project.now() + validForSeconds;
    return project.addGrant({ userId, actionType, isForOneUse: oneTimeUse, expiresAt });
  }

  /**
   * Signs an event as PropelAuth does; the same as {@link TokenIssuer.webhook}.
   *
   * @param event the event
   * @param options the id and the time of the message, and the secret; see {@link WebhookOptions}
   * @returns the body and the headers of the request
   * @example
   * ```ts
   * const { headers, body } = emulator.webhook({ event_type: 'user.deleted', user_id: 'alice' });
   * ```
   */
  webhook(event: object, options?: WebhookOptions): SignedWebhook {
    return this.issuer.webhook(event, options);
  }

  /**
   * Makes calls fail, to test outages and rate limits.
   *
   * @param name the function of PropelAuth's client that makes the call; `introspect` for tokens of MCP clients; `webhook` for a webhook, which is then
   * sent later than those after it; `webhookOrder` for webhooks that are held back for `delayMs`, by default 1,000, and then sent newest first;
   * or an endpoint of browsers and OAuth clients, such as `browserRefreshToken` or `mcpToken`: an unknown name throws an error with all names
   * @param failure the status, the delay and how many calls; see {@link Failure}
   * @throws {EmulatorError} for an unknown call, and for a status, delay or number that is out of range
   * @example
   * ```ts
   * emulator.fail('validateApiKey', { status: 503, times: 1 });
   * ```
   */
  fail(name: string, failure: Failure = {}): void {
    this.core.recorder.fail(name, failure);
  }

  /**
   * Replaces the key that signs access tokens. Applications learn the new one when they ask for it.
   *
   * @returns a promise that resolves once the key is replaced
   * @example
   * ```ts
   * await emulator.rotateKey();
   * ```
   */
  rotateKey(): Promise<void> {
    return this.issuer.rotateKey();
  }

  /**
   * Goes back to the seed: without the users, changes, keys, grants, OAuth clients and their tokens, webhooks, failures and calls since then.
   * Signed access tokens and those of {@link TokenIssuer.mcpToken} stay valid.
   *
   * @example
   * ```ts
   * afterEach(() => emulator.reset());
   * ```
   */
  reset(): void {
    const { project, recorder, oauth, webhooks, log } = this.core;
    oauth.clear();
    recorder.reset();
    log.clear();
    webhooks.startAnew(() => {
      project.clear();
      applySeed(project, this.#seed);
    });
  }

  /**
   * Serves the emulator over HTTP on this machine, for applications in other processes. They need the `authUrl` of the issuer, its `apiKey`, and
   * the `url` of the server as `apiUrl` if it differs from the `authUrl`. It keeps its process running until you close it.
   *
   * @param options the port; see {@link ListenOptions}
   * @returns the server, once it listens
   * @throws {EmulatorError} for an invalid port or one in use, and with `NODE_ENV=production` in this process
   * @example
   * ```ts
   * const { url } = await emulator.listen();
   * ```
   */
  async listen(options: ListenOptions = {}): Promise<RunningServer> {
    // Few tests need a port.
    const { startServer } = await import('./server/server.js');
    const server = await startServer((request) => this.handle(request), options);
    this.#servers.add(server);
    return server;
  }

  /**
   * Closes its servers, sends no more webhooks, and forgets the users of further tokens. Calling it again has no effect.
   *
   * @returns a promise that resolves once the ports are free
   * @example
   * ```ts
   * afterAll(() => emulator.close());
   * ```
   */
  async close(): Promise<void> {
    this.#forgetIssuer();
    this.core.webhooks.close();
    const servers = [...this.#servers];
    this.#servers.clear();
    await Promise.all(servers.map((server) => server.close()));
    await this.#state?.close();
  }

  #assertKnown(field: string, id: string | undefined, records: ReadonlyMap<string, unknown>): void {
    if (id === undefined || records.has(id)) return;
    throw new EmulatorError(
      `${field} is ${JSON.stringify(id)}, which the emulator does not know. Add it first.`,
    );
  }
}
