import type { Type } from '@nestjs/common';
import type { CallerKind } from './caller-kind.interface.js';
import type { AccessDecisionEvent } from './access-decision-event.interface.js';
import type { AccessTable } from './access-table.interface.js';
import type { ApiKeysOptions } from './api-keys-options.js';
import type { OrgSourceOption } from './org-source.interface.js';
import type { TokenSource } from './token-source.interface.js';
import type { WebhooksOptions } from './webhooks-options.js';

/**
 * The key and issuer to verify access tokens without a request to PropelAuth.
 *
 * @see {@link PropelAuthModuleOptions.manualTokenVerificationMetadata}
 */
export interface ManualTokenVerificationMetadata {
  /**
   * The public key that verifies access tokens: RSA, 2048 bits or more, PEM-encoded SPKI (`-----BEGIN PUBLIC KEY-----`). Surrounding white
   * space is ignored, and `\n` may be written as two characters, as in environment files.
   */
  verifierKey: string;
  /** The `iss` claim of the access tokens: the origin of the auth URL, such as `https://auth.example.com`. */
  issuer: string;
}

/**
 * The options of {@link PropelAuthModule.forRoot}, and the result of the factory of {@link PropelAuthModule.forRootAsync}.
 *
 * They are checked when the application starts. A wrong or unknown option makes startup fail with a {@link PropelAuthConfigurationError}
 * that names it.
 *
 * @example
 * ```ts
 * PropelAuthModule.forRoot({
 *   authUrl: process.env.PROPELAUTH_AUTH_URL!,
 *   apiKey: process.env.PROPELAUTH_API_KEY!,
 * })
 * ```
 *
 * @publicApi
 */
export interface PropelAuthModuleOptions {
  /**
   * The Auth URL of the PropelAuth project, from the Backend Integration page of its dashboard. Only an origin: https, or http on a
   * loopback host.
   */
  authUrl: string;

  /** An API key of the PropelAuth project, from the same page. It never appears in logs or errors. */
  apiKey: string;

  /**
   * The server for the guard's requests to PropelAuth: the verification key, API keys, step-up grants and the current access of users. Set
   * it to an egress proxy that passes these requests on to PropelAuth, or to an emulator in tests. An origin without a
   * path: https, or http on a loopback host. It receives `apiKey`, and its responses decide who has access, so only set an address that you
   * trust. It does not apply to {@link PropelAuthApi}, whose address is fixed in PropelAuth's client, unless `authUrl` is http on a
   * loopback host. Such an `authUrl` is the default, else `https://propelauth-api.com`. With `NODE_ENV=production`, startup fails for an
   * issuer on a loopback host and for an API key of the emulator, unless this option names their address.
   */
  apiUrl?: string;

  /**
   * The key and issuer of the access tokens. If you set them, the key is not fetched from PropelAuth, and you have to set a rotated key
   * yourself. Default: fetched from PropelAuth when the application starts.
   */
  manualTokenVerificationMetadata?: ManualTokenVerificationMetadata;

  /**
   * Whether the body of a rejection contains the reason and a sentence about it. For development only: reasons also help attackers.
   * Default: `true` with `NODE_ENV=development` and an issuer on a loopback host, such as the emulator; otherwise `false`.
   */
  debugMode?: boolean;

  /**
   * Whether the body of a rejection contains an {@link ErrorCode}, which tells clients what to do and attackers nothing. Without it, the
   * body only says `Unauthorized`, `Forbidden` or `Service Unavailable`, except for `step_up_required`. Default: `true`.
   */
  errorCodes?: boolean;

  /**
   * How many seconds the clocks of PropelAuth and of this machine may differ (the leeway of RFC 7519, section 4.1.4): an
   * integer from 0 to 300. Default: 60, as in PropelAuth's Python SDK.
   */
  clockToleranceSeconds?: number;

  /**
   * The deadline of a request to PropelAuth in milliseconds, including a retry: an integer from 1 to 300,000. It applies to `PropelAuthApi`
   * and to the guard's requests about API keys, step-up grants and users. Default: 10,000.
   */
  apiTimeoutMs?: number;

  /**
   * The cache of verified tokens. `false` turns it off, so that a token is verified once for each request or connection. `maxEntries`
   * limits the number of tokens. A token takes about 3 kB of memory for a user in one organization and 11 kB for a user in 10. A token of
   * 16 KB, the longest that is accepted, takes 30 kB. Of tokens longer than 2 KB, fewer are kept, so that a full cache takes at most some
   * 45 MB by default. Default: `{ maxEntries: 10_000 }`.
   */
  tokenCache?: false | { maxEntries?: number };

  /**
   * The cache of validated end-user API keys. Default: `{ cacheSeconds: 0 }`, which asks PropelAuth for every request.
   */
  apiKeys?: ApiKeysOptions;

  /**
   * Where organization rules without their own source find the organization. Default: `orgFromParam('orgId')`, the path parameter `orgId`.
   */
  orgSource?: OrgSourceOption;

  /**
   * Where all calls carry the access token: requests, GraphQL operations, WebSocket connections, messages of microservices (contexts of type
   * `rpc`) and the calls of other libraries. It replaces the standard place of each transport, for example with `tokenFromCookie()`. The
   * option `tokenSource` of a decorator takes precedence. MCP clients always send the token in the `Authorization` header. Default: the
   * standard place; messages have none, so startup fails if a message handler requires a user.
   */
  tokenSource?: TokenSource;

  /**
   * The context types that the global guard ignores, such as `['rmq']`: calls that a library makes with Nest's `ExternalContextCreator`,
   * and that the application guards in another way. A handler with its own decorator is still guarded. Nest's own types (`http`, `graphql`,
   * `ws`, `rpc`) cannot be ignored. Default: none; such calls are errors unless their handler is `@Public()` or has a `tokenSource`.
   */
  ignoreContextTypes?: string[];

  /**
   * Called for every decision of the guard, for audit logs and metrics. It runs after the decision and cannot change it. A promise that it
   * returns is not awaited. An error that it throws, or with which the promise rejects, is logged. Default: none.
   */
  onDecision?: (event: AccessDecisionEvent) => unknown;

  /**
   * What happens at startup if access rules contradict each other or protect nothing. With `'error'`, startup fails with a list of all
   * findings. With `'warn'`, the list is logged; a rule about organizations counts and `@Public()` or `@OptionalUser()` beside it does not,
   * and other contradictions reject every call. A handler that has lost its guard or its rules always makes startup fail. Default: `'error'`.
   */
  startupAudit?: 'error' | 'warn';

  /**
   * Who may call which handler: the table of `expectAccess(app).toEqual()` in your tests. Startup fails with the differing lines if the
   * handlers of the running application differ from it, also with `startupAudit: 'warn'`. So it notices a decorator that depends on the
   * environment, and a module that only production imports. An application without HTTP compares only gateway events and messages. Default:
   * none; nothing is compared.
   *
   * @example
   * ```ts
   * PropelAuthModule.forRoot({
   *   authUrl: process.env.PROPELAUTH_AUTH_URL!,
   *   apiKey: process.env.PROPELAUTH_API_KEY!,
   *   accessTable: { 'GET /health': 'public', 'GET /orgs/:orgId': 'members of the org in path orgId' },
   * });
   * ```
   */
  accessTable?: AccessTable;

  /**
   * How the application receives events from PropelAuth: the signing secret, the path of the endpoint, and the store for finished handlers.
   * Required for `@OnPropelAuthEvent()` handlers and {@link PropelAuthWebhooks}. Default: none.
   */
  webhooks?: WebhooksOptions;

  /**
   * Whether event streams (`@Sse()`), sockets and GraphQL subscriptions end when their access token expires, so that clients have to
   * reconnect with a new one. With `liveAccess()`, changes of access always end them. Default: `true`.
   */
  endStreamsAtExpiry?: boolean;

  /**
   * The kinds of callers of your own that `@RequireCaller()` may name: provider classes that implement {@link CallerKind}, and what {@link
   * projectUsers} returns. Default: none.
   */
  callerKinds?: readonly (CallerKind | Type<CallerKind>)[];
}

/**
 * A class that creates the options, for `useClass` and `useExisting` of {@link PropelAuthModule.forRootAsync}.
 *
 * @example
 * ```ts
 * @Injectable()
 * class PropelAuthConfig implements PropelAuthOptionsFactory {
 *   constructor(private readonly config: ConfigService) {}
 *
 *   createPropelAuthOptions(): PropelAuthModuleOptions {
 *     return {
 *       authUrl: this.config.getOrThrow('PROPELAUTH_AUTH_URL'),
 *       apiKey: this.config.getOrThrow('PROPELAUTH_API_KEY'),
 *     };
 *   }
 * }
 * ```
 *
 * @publicApi
 */
export interface PropelAuthOptionsFactory {
  /**
   * Creates the options. It is called once, when the application starts.
   *
   * @returns the options, or a promise of them
   */
  createPropelAuthOptions(): PropelAuthModuleOptions | Promise<PropelAuthModuleOptions>;
}
