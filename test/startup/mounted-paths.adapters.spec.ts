import { readFileSync } from 'node:fs';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import {
  Controller,
  Get,
  Module,
  RequestMethod,
  VersioningType,
  type INestApplication,
  type MiddlewareConsumer,
  type ModuleMetadata,
} from '@nestjs/common';
import { GraphQLModule, Query, Resolver } from '@nestjs/graphql';
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import { DocumentBuilder } from '@nestjs/swagger';
import { HealthCheck, HealthCheckService, TerminusModule } from '@nestjs/terminus';
import express from 'express';
import type { FastifyInstance, FastifyPluginCallback } from 'fastify';
import { PropelAuthService, Public } from 'nestjs-propelauth';
import { mcpServer } from 'nestjs-propelauth/mcp';
import { PropelAuthSwagger } from 'nestjs-propelauth/swagger';
import { startGuarded, type PropelAuthOptions } from '../support/guarded-application.js';
import { mcp } from '../support/mcp-options.js';
import { RecordingLogger } from '../support/recording-logger.js';
import { requireUserOn } from '../module/require-user-on.js';

const isFastify = globalThis.HTTP_ADAPTER === 'fastify';

type Prepare = (app: INestApplication) => unknown;

async function warningsOf(
  prepare: Prepare,
  options: Partial<PropelAuthOptions> = {},
  metadata: ModuleMetadata = {},
): Promise<string[]> {
  const logger = new RecordingLogger();
  await startGuarded(metadata, { requireUserByDefault: true, ...options }, (app) => {
    app.useLogger(logger);
    return prepare(app);
  });
  return logger.of('warn').filter((line) => line.includes('mounted on the HTTP adapter'));
}

const expressOf = (app: INestApplication) => app.getHttpAdapter().getInstance() as express.Express;

const fastifyOf = (app: INestApplication) => app.getHttpAdapter().getInstance() as FastifyInstance;

const swagger: Prepare = (app) => {
  const config = new DocumentBuilder().build();
  PropelAuthSwagger.setup('docs', app, PropelAuthSwagger.createDocument(app, config));
};

const adapterRoute: Prepare = (app) => {
  const adapter = app.getHttpAdapter();
  adapter.get('/status', (_request: unknown, response: unknown) => adapter.reply(response, 'ok'));
};

const pass = (_request: unknown, _response: unknown, next: () => void) => next();

const queues = <Router extends { get: Function }>(router: Router): Router => {
  router.get('/', () => {});
  return router;
};

/** As @bull-board/express and @bull-board/fastify are mounted. */
const bullBoard: Prepare = async (app) => {
  if (!isFastify) return app.use('/queues', queues(express()));
  const plugin: FastifyPluginCallback = (scope, _options, done) => {
    queues(scope);
    done();
  };
  await fastifyOf(app).register(plugin, { prefix: '/queues' });
};

const FOUND: [string, Prepare, string][] = [
  ['Swagger UI and its documents', swagger, '/docs, /docs-json, /docs-yaml'],
  ['a route of the adapter', adapterRoute, '/status'],
  ['Bull Board', bullBoard, '/queues'],
];

const FOUND_ON_EXPRESS: typeof FOUND = [
  ['a router', (app) => app.use('/trpc', queues(express.Router())), '/trpc'],
  ['a router without a path', (app) => app.use(express.Router().get('/a', () => {})), '/a'],
  ['several paths', (app) => app.use(['/a', '/b'], queues(express.Router())), '/a, /b'],
];

/** What serves nothing, is meant for everyone, or is guarded. */
const HARMLESS: [string, Prepare, Partial<PropelAuthOptions>?][] = [
  ['nothing', () => {}],
  ['CORS', (app) => app.enableCors()],
  ['middleware', (app) => app.use(pass)],
  ['requireUserByDefault: false', swagger, { requireUserByDefault: false }],
  [
    'paths in except',
    (app) => (swagger(app), adapterRoute(app)),
    { requireUserByDefault: true, except: ['/docs', '/docs-json', '/docs-yaml', '/status/'] },
  ],
  [
    'the paths that the package serves',
    () => {},
    {
      apiKey: 'a'.repeat(64),
      webhooks: { path: '/hooks/propelauth', secret: `whsec_${btoa('a'.repeat(24))}` },
      plugins: [mcpServer(mcp)],
    },
  ],
];

const HARMLESS_ON_EXPRESS: typeof HARMLESS = [
  [
    'what requireUserOn() protects',
    (app) => {
      requireUserOn(app, ['/docs', '/docs-json', '/docs-yaml', '/status', '/queues']);
      return Promise.all([swagger, adapterRoute, bullBoard].map((mount) => mount(app)));
    },
  ],
  ['middleware for a path', (app) => app.use('/reports', pass)],
  ['a router of middleware', (app) => app.use('/reports', express.Router().use(pass))],
  ['a route with middleware of its own', (app) => expressOf(app).get('/a', pass, () => {})],
  ['a router behind middleware', (app) => app.use('/a', pass, queues(express.Router()))],
  ['preflight requests', (app) => expressOf(app).options('/a', () => {})],
  [
    'files and the page of a front end',
    (app) => {
      app.use('/files', express.static('docs'));
      expressOf(app).get('/{*any}', () => {});
    },
  ],
];

const HARMLESS_ON_FASTIFY: typeof HARMLESS = [
  [
    'a route with a hook of its own',
    (app) => {
      const propelAuth = app.get(PropelAuthService);
      fastifyOf(app).get(
        '/status',
        {
          onRequest: async ({ headers }) => {
            await propelAuth.validateAuthorizationHeader(headers.authorization);
          },
        },
        async () => 'ok',
      );
    },
  ],
];

@Controller(['reports', 'copies'])
class ReportsController {
  @Get(['', 'files/*', ':id'])
  list() {}
}

@Controller('health')
class HealthController {
  constructor(private readonly health: HealthCheckService) {}

  @Get()
  @Public()
  @HealthCheck()
  check() {
    return this.health.check([]);
  }
}

@Resolver()
class ReportsResolver {
  @Query(() => [String])
  reports() {
    return [];
  }
}

const graphql = isFastify
  ? GraphQLModule.forRoot<MercuriusDriverConfig>({
      driver: MercuriusDriver,
      autoSchemaFile: true,
      graphiql: true,
    })
  : GraphQLModule.forRoot<ApolloDriverConfig>({ driver: ApolloDriver, autoSchemaFile: true });

@Module({
  imports: [TerminusModule, graphql],
  controllers: [ReportsController, HealthController],
  providers: [ReportsResolver],
})
class FullModule {
  configure(consumer: MiddlewareConsumer) {
    consumer.apply(pass).forRoutes('exact', ReportsController);
  }
}

const PREFIXED: Prepare = (app) => {
  app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
  app.setGlobalPrefix('api', { exclude: [{ path: 'health', method: RequestMethod.GET }, 'other'] });
};

describe('Under requireUserByDefault, startup', () => {
  it.each([...FOUND, ...(isFastify ? [] : FOUND_ON_EXPRESS)])(
    'warns once of %s',
    async (_mounted, mount, paths) => {
      const [warning, ...others] = await warningsOf(mount);
      expect(warning).toMatch(new RegExp(`^${paths}: `));
      expect(others).toEqual([]);
    },
  );

  it.each([...HARMLESS, ...(isFastify ? HARMLESS_ON_FASTIFY : HARMLESS_ON_EXPRESS)])(
    'does not warn of %s',
    async (_harmless, mount, options = {}) => {
      expect(await warningsOf(mount, options)).toEqual([]);
    },
  );

  it.each<[string, Prepare]>([
    ['as they are', () => {}],
    ['with a global prefix and versions', PREFIXED],
  ])('does not warn of controllers, Terminus and GraphQL %s', async (_how, prepare) => {
    expect(await warningsOf(prepare, {}, { imports: [FullModule] })).toEqual([]);
  });

  it('says what docs/startup-checks.md shows', async () => {
    const [warning] = await warningsOf(swagger);
    const page = readFileSync('docs/startup-checks.md', 'utf8');
    expect(page).toContain(`\n${warning?.replace(/ PropelAuth$/, '')}\n`);
  });
});
