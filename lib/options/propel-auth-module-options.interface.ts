import type { AccessDecisionEvent } from './access-decision-event.interface.js';
import type { ApiKeysOptions } from './api-keys-options.interface.js';
import type { LiveAccessOptions } from './live-access-options.interface.js';
import type { McpOptions } from './mcp-options.interface.js';
import type { OrgSourceOption } from './org-source.interface.js';
import type { TelemetryOptions } from './telemetry-options.interface.js';
import type { TokenSource } from './token-source.interface.js';
import type { WebhooksOptions } from './webhooks-options.interface.js';

/**
 * What is needed to verify access tokens without asking PropelAuth for it.
 *
 * @see {@link PropelAuthModuleOptions.manualTokenVerificationMetadata}
 */
export interface ManualTokenVerificationMetadata {
  /**
   * The public key that verifies access tokens: RSA, 2048 bits or more, PEM-encoded SPKI (`-----BEGIN PUBLIC KEY-----`).
   * Surrounding white space is ignored, and `\n` written as two characters, as in environment files, is understood.
   */
  verifierKey: string;
  /** The `iss` claim of the access tokens: the origin of the auth URL, such as `https://auth.example.com`. */
  issuer: string;
}

/**
 * The options of {@link PropelAuthModule.forRoot}, and what the factory of {@link PropelAuthModule.forRootAsync} returns.
 *
 * They are checked when the application starts. A wrong or unknown one makes startup fail with a {@link PropelAuthConfigurationError}
 * that names the option.
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
   * The auth URL of the PropelAuth project, from the page "Backend Integration" of its dashboard. Only an origin: https,
   * or http on a loopback host.
   */
  authUrl: string;

  /** An API key of the PropelAuth project, from the same page. It is never logged and never part of an error. */
  apiKey: string;

  /**
   * The server that returns the verification key, validates API keys and step-up grants, and returns the present access of users: an
   * egress proxy that passes these calls on to PropelAuth, or `FakePropelAuthApi.listen()` in tests. An origin without a path: https, or
   * http on a loopback host. It receives `apiKey`, and its responses decide who has access, so set only an address that you trust. It does
   * not apply to {@link PropelAuthApi}, whose address is fixed in PropelAuth's client. Default: `https://propelauth-api.com`.
   */
  apiUrl?: string;

  /**
   * The key and issuer of the access tokens, given by hand. With it PropelAuth is not asked for one; a rotated key has to be
   * given anew. Default: fetched from PropelAuth when the application starts.
   */
  manualTokenVerificationMetadata?: ManualTokenVerificationMetadata;

  /**
   * Whether the body of a 401, 403 or 503 says why. For development: the reasons help an attacker too. Without it the
   * body says only `Unauthorized`, `Forbidden` or `Service Unavailable`. Default: `false`.
   */
  debugMode?: boolean;

  /**
   * How many seconds the clocks of PropelAuth and of this machine may differ (the leeway of RFC 7519, section 4.1.4): an
   * integer from 0 to 300. Default: 60, as in PropelAuth's Python SDK.
   */
  clockToleranceSeconds?: number;

  /**
   * How many milliseconds a call of PropelAuth's backend API may take, a second try included: an integer from 1 to 300,000. It is the
   * deadline of `PropelAuthApi` and of what the guard asks about API keys, step-up grants and users. Default: 10,000.
   */
  apiTimeoutMs?: number;

  /**
   * The cache of verified tokens: `false` turns it off, so that a token is verified once for each request or connection; `maxEntries`
   * bounds the number of tokens that it holds.
   * Default: `{ maxEntries: 10_000 }`.
   */
  tokenCache?: false | { maxEntries?: number };

  /**
   * Whether end-user API keys that PropelAuth has called valid are remembered, for how long and where.
   * Default: `{ cacheSeconds: 0 }`, which asks PropelAuth for every request.
   */
  apiKeys?: ApiKeysOptions;

  /**
   * Where organization rules that name no source of their own find the organization.
   * Default: `orgFromParam('orgId')`, the path parameter `orgId`.
   */
  orgSource?: OrgSourceOption;

  /**
   * Where messages of microservices (contexts of type `rpc`), and the calls of other libraries, carry the access token; requests,
   * GraphQL operations and WebSocket connections have a place of their own. The option `tokenSource` of a decorator takes its place. Default: none, and then
   * startup fails where a message handler requires a user.
   */
  tokenSource?: TokenSource;

  /**
   * The types of calls that the global guard leaves alone, such as `['rmq']`: those that a library makes itself, by Nest's
   * `ExternalContextCreator`, and that the application guards in another way. A handler with a decorator of its own is guarded all
   * the same. Nest's own types (`http`, `graphql`, `ws`, `rpc`) cannot be among them. Default: none, and such calls are errors unless
   * their handler is `@Public()` or has a `tokenSource`.
   */
  ignoreContextTypes?: string[];

  /**
   * Is called for every decision of the guard, for audit logs and metrics. It runs after the decision and cannot change it: an error
   * that it throws, or a promise that it rejects, is logged. Default: none.
   */
  onDecision?: (event: AccessDecisionEvent) => unknown;

  /**
   * What happens at startup when access rules contradict each other or protect nothing: with `'error'` startup fails with a list of all
   * findings, with `'warn'` the list is logged and the strictest rule applies. What leaves a handler open makes startup fail in either
   * case. Default: `'error'`.
   */
  startupAudit?: 'error' | 'warn';

  /**
   * How the application receives events from PropelAuth: the secret that signs them, the path at which the package receives them, and
   * where it remembers which handlers are done. Default: none; needed as soon as there is an `@OnPropelAuthEvent()` handler or a
   * `@PropelAuthWebhook()` route.
   */
  webhooks?: WebhooksOptions;

  /**
   * Whether changes of access take effect before the access token expires. PropelAuth tells of them by webhook, so this needs `webhooks`.
   * At the next call with a token that may be older than a change, the guard asks PropelAuth for the present access of the user. The user
   * loses organizations that they have left, has the present roles and permissions, and gets 401 when disabled or deleted. New access needs
   * a new token. A service with several instances needs `{ changes }`. Default: `false`.
   */
  liveAccess?: boolean | LiveAccessOptions;

  /**
   * Whether event streams (`@Sse()`), sockets and GraphQL subscriptions end when the access token that opened them expires, so that clients
   * have to connect again with a new one. With `liveAccess`, changes of access end them in any case. Default: `true`.
   */
  endStreamsAtExpiry?: boolean;

  /**
   * The MCP server of the application: its address, the scopes of its tokens, and the credentials with which tokens are checked. Default:
   * none. `@RequireMcpToken()` requires it.
   */
  mcp?: McpOptions;

  /**
   * Whether decisions, calls to PropelAuth, caches and the verification key are recorded with OpenTelemetry. It needs the package
   * `@opentelemetry/api`, and a meter provider of your application. `{ spanAttributes: true }` also sets the ids of the caller on spans.
   * Default: `false`.
   */
  telemetry?: boolean | TelemetryOptions;
}

/**
 * A class that makes the options, for `useClass` and `useExisting` of {@link PropelAuthModule.forRootAsync}.
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
   * Makes the options; called once, when the application starts.
   *
   * @returns the options, or a promise of them
   */
  createPropelAuthOptions(): PropelAuthModuleOptions | Promise<PropelAuthModuleOptions>;
}
