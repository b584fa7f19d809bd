import { EventEmitter } from 'node:events';
import {
  Module,
  type DynamicModule,
  type MiddlewareConsumer,
  type ModuleMetadata,
  type NestModule,
} from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost } from '@nestjs/core';
import { AccessCalls } from '../backend/backend-client.js';
import { PropelAuthApi } from '../api/propel-auth-api.js';
import { PropelAuthModule } from '../propel-auth.module.js';
import { exemptFromGlobalPrefix } from './global-prefix.js';
import { checkLocalOptions, type LocalOptions } from './local-options.js';
import { LocalProject } from './local-project.js';
import type { LocalPropelAuthOptions } from './local-propel-auth-options.interface.js';
import { lockServer } from './locked-server.js';
import { loopbackOnly } from './loopback-only.js';
import { AuthorizationCodes } from './oauth/authorization-codes.js';
import { AuthorizeController } from './oauth/authorize.controller.js';
import { OAuthClient } from './oauth/oauth-client.js';
import { TokenController } from './oauth/token.controller.js';
import { PeopleController } from './users.controller.js';
import { RefreshTokenController } from './refresh-token.controller.js';

const PATHS = [
  'api/v1/refresh_token',
  'propelauth/people',
  'propelauth/people/step-up-grant',
  'propelauth/oauth/authorize',
  'propelauth/oauth/token',
];

/** Holds the project, for the module that verifies its tokens and for the one that hands them out. */
@Module({})
class LocalProjectModule {
  static of({ origin, seed }: LocalOptions): DynamicModule {
    return {
      module: LocalProjectModule,
      providers: [{ provide: LocalProject, useFactory: () => LocalProject.create(origin, seed) }],
      exports: [LocalProject],
    };
  }
}

/**
 * Sets up PropelAuth without PropelAuth, for development on this machine: stands in the place of `PropelAuthModule`, and brings
 * people of its own, from a seed. The application then has
 *
 * - `/api/v1/refresh_token?user=alice`, an access token,
 * - `/propelauth/people`, a page with everybody's ids and API keys, where one can get step-up grants,
 * - `/propelauth/oauth/authorize` and `/propelauth/oauth/token`, OAuth2 with PKCE, if there is an `oauthClient`,
 *
 * and `PropelAuthApi`, API keys and step-up grants are answered by a {@link FakePropelAuthApi} with the same people.
 *
 * It gives access to whoever asks. So it runs only where it is asked for, never under `NODE_ENV=production` nor beside a
 * PropelAuth project, and every request to the application's server, to whatever route and for whatever WebSocket gateway, has to
 * come from this machine and to name it. A gateway with a port of its own has a server of its own, which is not locked.
 *
 * @example
 * ```ts
 * const isLocal = process.argv.includes('--local-propelauth');
 *
 * @Module({
 *   imports: [
 *     isLocal
 *       ? LocalPropelAuthModule.forRoot({ askedFor: isLocal, origin: 'http://localhost:3000' })
 *       : PropelAuthModule.forRoot({
 *           authUrl: process.env.PROPELAUTH_AUTH_URL!,
 *           apiKey: process.env.PROPELAUTH_API_KEY!,
 *         }),
 *   ],
 * })
 * export class AppModule {}
 * ```
 *
 * @publicApi
 */
@Module({})
export class LocalPropelAuthModule implements NestModule {
  private readonly isLocked: boolean = false;

  /** @hidden Nest's injector calls it. */
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly applicationConfig: ApplicationConfig,
  ) {
    // Here comes before all else that the application puts in front of its routes, the pages of Swagger UI among it.
    if (!host.httpAdapter) return;
    host.httpAdapter.use(loopbackOnly);
    this.isLocked = true;
  }

  /**
   * Sets up a local PropelAuth.
   *
   * @param options where the application is reached, who there is, and the other options of `PropelAuthModule`; see
   * {@link LocalPropelAuthOptions}. `debugMode` is `true` unless they say otherwise
   * @returns the module to import in the place of `PropelAuthModule`
   * @throws {PropelAuthConfigurationError} when it is not asked for, under `NODE_ENV=production`, beside a PropelAuth project
   * (an `authUrl`, or `PROPELAUTH_AUTH_URL` in the environment), and for options that cannot be. The seed is read when the
   * application starts
   * @example
   * ```ts
   * LocalPropelAuthModule.forRoot({
   *   askedFor: process.argv.includes('--local-propelauth'),
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
      imports: [project, guardedBy(project, options)],
      controllers: [RefreshTokenController, PeopleController, ...oauth.controllers],
      providers: oauth.providers,
    };
  }

  /** @hidden Nest calls it. */
  configure(consumer: MiddlewareConsumer): void {
    exemptFromGlobalPrefix(this.applicationConfig, PATHS);
    const server: unknown = this.host.httpAdapter.getHttpServer();
    if (server instanceof EventEmitter) lockServer(server);
    // In tests the HTTP adapter comes after the modules.
    if (!this.isLocked) consumer.apply(loopbackOnly).forRoutes('{*path}');
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

/** `PropelAuthModule` with the keys of the project, and with the project in the place of PropelAuth's backend. */
function guardedBy(project: DynamicModule, options: LocalPropelAuthOptions): DynamicModule {
  const {
    askedFor: _askedFor,
    origin: _origin,
    seed: _seed,
    oauthClient: _client,
    isGlobal,
    requireUserByDefault,
    ...others
  } = options;
  const definition = PropelAuthModule.forRootAsync({
    imports: [project],
    inject: [LocalProject],
    // Here nobody but the developer sees the reason of a refusal, and it is what there is to learn.
    useFactory: ({ issuer }: LocalProject) => ({
      debugMode: true,
      ...others,
      ...issuer.moduleOptions,
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
        provide: AccessCalls,
        inject: [LocalProject],
        useFactory: ({ api }: LocalProject) => api.accessCalls,
      },
    ],
  };
}
