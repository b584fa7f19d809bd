import { EventEmitter } from 'node:events';
import {
  Logger,
  Module,
  Optional,
  type DynamicModule,
  type MiddlewareConsumer,
  type ModuleMetadata,
  type NestModule,
  type OnApplicationBootstrap,
  type OnModuleInit,
} from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost, ModuleRef } from '@nestjs/core';
import { ApplicationRoutes } from '../audit/application/application-routes.js';
import { failWithoutOptions } from '../module/without-options.js';
import { ApplicationAccess } from './application-access.js';
import { EventSender } from './events/event-sender.js';
import { LocalEvents } from './events/local-events.js';
import { restrictToLoopback } from './access/loopback-server.js';
import { LogoutRequest } from './front-end/logout-request.js';
import { assertRoutesAreFree } from './front-end/reserved-routes.js';
import { ShortPaths } from './front-end/short-paths.js';
import { exemptFromGlobalPrefix } from './global-prefix.js';
import { assertLocalEnvironment, checkLocalOptions } from './local-options.js';
import { LocalParts } from './local-parts.js';
import { CONTROLLERS, MCP_CONTROLLERS, OAUTH_CONTROLLERS, PATHS } from './local-routes.js';
import { LocalProjectModule } from './local-project.module.js';
import type { LocalPropelAuthOptions } from './local-propel-auth-options.interface.js';
import { MCP_ROUTES } from './mcp/mcp-endpoints.js';
import { AuthorizationCodes } from './oauth/authorization-codes.js';
import { OAuthClient } from './oauth/oauth-client.js';
import { propelAuthModuleFor } from './propel-auth-module-for.js';
import { localStartMessage } from './start-message.js';

const PROVIDERS = [
  LocalParts,
  ApplicationAccess,
  EventSender,
  LocalEvents,
  LogoutRequest,
  ShortPaths,
];
/**
 * Replaces `PropelAuthModule` during development: PropelAuth on your own machine, with users from a seed and no account. It adds
 * these routes to the application:
 *
 * - `/api/v1/refresh_token` returns an access token of the signed-in user or, for scripts, of the user in the query: `?user=alice`.
 * - `/login`, `/signup`, `/account`, `/org`, `/create_org`, `/saml` and `/api/v1/logout` are for front ends with PropelAuth's libraries.
 *   The pages are below `/propelauth/`; your own route at exactly the short path takes precedence.
 * - `/propelauth/users` is a page with the ids, access tokens and API keys of all users. It creates step-up grants and changes users: the
 *   application gets each change as a signed event.
 * - `/propelauth/oauth/authorize` and `/propelauth/oauth/token` are OAuth2 with PKCE, if you set an `oauthClient`.
 *
 * With the option `mcp`, the application is also an authorization server for MCP clients, at PropelAuth's paths below `/oauth/2.1/`.
 *
 * `PropelAuthApi`, API keys and step-up grants use a `FakePropelAuthApi` of `nestjs-propelauth/testing` with the same users.
 *
 * Anyone with the secret can sign in as any user. At startup, the application prints links with it; the browser then keeps it in a cookie.
 * The module has to be enabled explicitly. It does not run with `NODE_ENV=production` or with a PropelAuth project, and rejects every HTTP
 * request and WebSocket connection from another machine or for another host. A gateway with its own port has its own server, which is not
 * protected.
 *
 * The secret and the signing key are in a file in the cache folder of the operating system, one for each working directory and `origin`, so
 * that links, sign-ins and access tokens survive a restart.
 *
 * Import it in a file that production never imports. `AppModule` then imports everything except `PropelAuthModule`, which
 * `src/root.module.ts` adds in the same way.
 *
 * @example
 * ```ts
 * // src/main.local.ts
 * @Module({
 *   imports: [
 *     LocalPropelAuthModule.forRoot({ enabled: true, origin: 'http://localhost:3000' }),
 *     AppModule,
 *   ],
 * })
 * class LocalAppModule {}
 *
 * const app = await NestFactory.create(LocalAppModule);
 * await app.listen(3000, '127.0.0.1');
 * ```
 *
 * @publicApi
 */
@Module({ providers: [failWithoutOptions('LocalPropelAuthModule', LocalParts)] })
export class LocalPropelAuthModule implements NestModule, OnModuleInit, OnApplicationBootstrap {
  private readonly isProtected: boolean = false;

  /** @hidden Nest's injector calls it. */
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly applicationConfig: ApplicationConfig,
    private readonly parts: LocalParts,
    private readonly moduleRef: ModuleRef,
    @Optional() private readonly client?: OAuthClient,
  ) {
    // In the constructor, so that it runs before everything that the application adds itself, such as Swagger UI.
    if (!host.httpAdapter) return;
    for (const handle of this.middleware) host.httpAdapter.use(handle);
    this.isProtected = true;
  }

  /**
   * Sets up a local PropelAuth.
   *
   * @param options the URL of the application, the seed, and the other options of `PropelAuthModule`; see
   * {@link LocalPropelAuthOptions}. `debugMode` defaults to `true`
   * @returns the module to import instead of `PropelAuthModule`
   * @throws {PropelAuthConfigurationError} if `enabled` is not `true`, with `NODE_ENV=production`, if a PropelAuth project is configured
   * (an `authUrl`), and for invalid options. At startup, also for an invalid seed and if `PROPELAUTH_AUTH_URL` is in the environment
   * @example
   * ```ts
   * LocalPropelAuthModule.forRoot({
   *   enabled: true,
   *   origin: 'http://localhost:3000',
   *   seed: 'propelauth.local.json',
   * })
   * ```
   */
  static forRoot(options: LocalPropelAuthOptions): DynamicModule {
    const local = checkLocalOptions(options);
    const project = LocalProjectModule.of(local);
    const oauth = local.client === undefined ? NO_OAUTH : oauthFor(local.client);
    return {
      module: LocalPropelAuthModule,
      imports: [project, propelAuthModuleFor(project, options)],
      controllers: [
        ...CONTROLLERS,
        ...oauth.controllers,
        ...(local.mcp === undefined ? [] : MCP_CONTROLLERS),
      ],
      providers: [...PROVIDERS, ...oauth.providers],
    };
  }

  /** @hidden Nest calls it. */
  onModuleInit(): void {
    assertLocalEnvironment();
  }

  /** @hidden Nest calls it. */
  configure(consumer: MiddlewareConsumer): void {
    exemptFromGlobalPrefix(this.applicationConfig, PATHS);
    assertRoutesAreFree(
      this.moduleRef.get(ApplicationRoutes, { strict: false }).list(),
      [...CONTROLLERS, ...OAUTH_CONTROLLERS, ...MCP_CONTROLLERS],
      this.parts.mcp === undefined ? [] : MCP_ROUTES,
    );
    // In tests, the HTTP adapter is created after the modules.
    if (this.isProtected) return;
    consumer.apply(...this.middleware).forRoutes('{*path}');
  }

  private get middleware() {
    const { entrance, logout, shortPaths, mcp } = this.parts;
    return [entrance, logout, shortPaths, ...(mcp ? [mcp] : [])].map((each) =>
      each.handle.bind(each),
    );
  }

  /** @hidden Nest calls it, when WebSocket gateways listen to the server. */
  onApplicationBootstrap(): void {
    assertLocalEnvironment();
    const server: unknown = this.host.httpAdapter?.getHttpServer();
    if (!(server instanceof EventEmitter)) return;
    restrictToLoopback(server);
    server.once('listening', () => new Logger('PropelAuth').log(this.startMessage()));
  }

  private startMessage(): string {
    const { project, secret, access, mcp } = this.parts;
    const handlers = access.handlers().filter(({ path = '' }) => !PATHS.includes(path.slice(1)));
    const examplePath = access.pathForUsers();
    return localStartMessage({
      project,
      secret,
      client: this.client,
      mcpResource: mcp?.resource,
      handlers,
      examplePath,
    });
  }
}

type OAuthParts = Required<Pick<ModuleMetadata, 'controllers' | 'providers'>>;

const NO_OAUTH: OAuthParts = { controllers: [], providers: [] };

function oauthFor(client: OAuthClient): OAuthParts {
  return {
    controllers: OAUTH_CONTROLLERS,
    providers: [
      { provide: OAuthClient, useValue: client },
      { provide: AuthorizationCodes, useFactory: () => new AuthorizationCodes() },
    ],
  };
}
