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
import { ApplicationConfig, HttpAdapterHost } from '@nestjs/core';
import { BackendClient } from '../backend/backend-client.js';
import { PropelAuthApi } from '../api/propel-auth-api.js';
import { PropelAuthModule } from '../module/propel-auth.module.js';
import { failWithoutOptions } from '../module/without-options.js';
import { ApplicationAccess } from './application-access.js';
import { restrictToLoopback } from './access/loopback-server.js';
import { exemptFromGlobalPrefix } from './global-prefix.js';
import { assertLocalEnvironment, checkLocalOptions } from './local-options.js';
import { LocalProject } from './local-project.js';
import { LocalParts } from './local-parts.js';
import { LocalProjectModule } from './local-project.module.js';
import type { LocalPropelAuthOptions } from './local-propel-auth-options.interface.js';
import { AuthorizationCodes } from './oauth/authorization-codes.js';
import { AuthorizeController } from './oauth/authorize.controller.js';
import { OAuthClient } from './oauth/oauth-client.js';
import { TokenController } from './oauth/token.controller.js';
import { RefreshTokenController } from './refresh-token.controller.js';
import { localStartMessage } from './start-message.js';
import { UsersController } from './users.controller.js';

const PATHS = [
  'api/v1/refresh_token',
  'propelauth/users',
  'propelauth/users/access-token',
  'propelauth/users/step-up-grant',
  'propelauth/oauth/authorize',
  'propelauth/oauth/token',
];

/**
 * Replaces `PropelAuthModule` during development: PropelAuth on your own machine, with users from a seed and no account. It adds
 * these routes to the application:
 *
 * - `/api/v1/refresh_token?user=alice` returns an access token.
 * - `/propelauth/users` is a page with the ids, access tokens and API keys of all users, and creates step-up grants.
 * - `/propelauth/oauth/authorize` and `/propelauth/oauth/token` are OAuth2 with PKCE, if you set an `oauthClient`.
 *
 * `PropelAuthApi`, API keys and step-up grants use a `FakePropelAuthApi` of `nestjs-propelauth/testing` with the same users.
 *
 * Whoever knows the secret can sign in as any user. At startup, the application prints links that contain it; the browser then keeps it
 * in a cookie. The module has to be enabled explicitly, does not run with `NODE_ENV=production` or with a PropelAuth project, and
 * rejects every HTTP request and WebSocket connection that does not come from this machine or names another host. A gateway with its
 * own port has its own server, which is not protected.
 *
 * The secret and the signing key are in a file in the cache folder of the operating system, one for each working directory and `origin`:
 * links, sign-ins and access tokens outlive a restart.
 *
 * Put it in a file that production never imports. `AppModule` then has everything but `PropelAuthModule`, which `src/main.ts`
 * adds in the same way.
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
    @Optional() private readonly client?: OAuthClient,
  ) {
    // In the constructor, so that it runs before everything that the application adds itself, such as Swagger UI.
    if (!host.httpAdapter) return;
    host.httpAdapter.use(parts.entrance.handle.bind(parts.entrance));
    this.isProtected = true;
  }

  /**
   * Sets up a local PropelAuth.
   *
   * @param options the URL of the application, the seed, and the other options of `PropelAuthModule`; see
   * {@link LocalPropelAuthOptions}. `debugMode` defaults to `true`
   * @returns the module to import instead of `PropelAuthModule`
   * @throws {PropelAuthConfigurationError} if `enabled` is not `true`, with `NODE_ENV=production`, if a PropelAuth project is
   * configured (an `authUrl`), and for invalid options. When the application starts, the seed is read, and
   * `PROPELAUTH_AUTH_URL` must not be in the environment
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
      controllers: [RefreshTokenController, UsersController, ...oauth.controllers],
      providers: [LocalParts, ApplicationAccess, ...oauth.providers],
    };
  }

  /** @hidden Nest calls it. */
  onModuleInit(): void {
    assertLocalEnvironment();
  }

  /** @hidden Nest calls it. */
  configure(consumer: MiddlewareConsumer): void {
    exemptFromGlobalPrefix(this.applicationConfig, PATHS);
    // In tests, the HTTP adapter is created after the modules.
    if (this.isProtected) return;
    const { entrance } = this.parts;
    consumer.apply(entrance.handle.bind(entrance)).forRoutes('{*path}');
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
    const { project, secret, access } = this.parts;
    const handlers = access.handlers().filter(({ path = '' }) => !PATHS.includes(path.slice(1)));
    const examplePath = access.pathForUsers();
    return localStartMessage({ project, secret, client: this.client, handlers, examplePath });
  }
}

type OAuthParts = Required<Pick<ModuleMetadata, 'controllers' | 'providers'>>;

const NO_OAUTH: OAuthParts = { controllers: [], providers: [] };

function oauthFor(client: OAuthClient): OAuthParts {
  return {
    controllers: [AuthorizeController, TokenController],
    providers: [
      { provide: OAuthClient, useValue: client },
      { provide: AuthorizationCodes, useFactory: () => new AuthorizationCodes() },
    ],
  };
}

/** `PropelAuthModule` with the keys of the project, and with the project instead of PropelAuth's backend. */
function propelAuthModuleFor(
  project: DynamicModule,
  options: LocalPropelAuthOptions,
): DynamicModule {
  const {
    enabled: _enabled,
    origin: _origin,
    seed: _seed,
    oauthClient: _client,
    secret: _secret,
    allowedOrigins: _allowedOrigins,
    isGlobal,
    requireUserByDefault,
    ...others
  } = options;
  const definition = PropelAuthModule.forRootAsync({
    imports: [project],
    inject: [LocalProject],
    // Only the developer sees the reasons for rejected requests, and needs them.
    useFactory: ({ issuer }: LocalProject) => ({
      debugMode: true,
      ...others,
      ...issuer.moduleOptions,
      // The one of the application, which can also sign with it in another process.
      webhookSecret: others.webhookSecret,
    }),
    isGlobal,
    requireUserByDefault,
  });
  return {
    ...definition,
    providers: [
      ...(definition.providers ?? []),
      {
        provide: PropelAuthApi,
        inject: [LocalProject],
        useFactory: ({ api }: LocalProject) => api,
      },
      {
        provide: BackendClient,
        inject: [LocalProject],
        useFactory: ({ api }: LocalProject) => api.backendClient,
      },
    ],
  };
}
