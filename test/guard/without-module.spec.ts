import {
  Controller,
  Get,
  Injectable,
  Logger,
  Module,
  Scope,
  type INestApplicationContext,
  type ModuleMetadata,
  type Type,
} from '@nestjs/common';
import { LazyModuleLoader, NestFactory } from '@nestjs/core';
import { ExternalContextCreator } from '@nestjs/core/helpers/external-context-creator.js';
import { Query, Resolver } from '@nestjs/graphql';
import { MessagePattern } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { PropelAuthModule, RequireOrgRole, RequireUser } from 'nestjs-propelauth';
import request from 'supertest';
import { startApplication, startDespiteFailure } from '../support/application.js';
import { registerCleanup } from '../support/clean-up.js';
import { graphqlModule, send } from '../support/graphql.js';
import { issuer } from '../support/guarded-application.js';
import { startHybrid, startMicroserviceOf } from '../support/microservice.js';
import { stopLogClock } from '../support/fake-timers.js';
import { RecordingLogger } from '../support/recording-logger.js';
import { messageOf } from '../support/start-error.js';
import { connectSocketIo } from '../support/websockets.js';

@Controller()
class ReportsController {
  @Get('reports')
  @RequireUser()
  list() {
    return ['a report'];
  }
}

@Controller()
class ReportsMessages {
  @MessagePattern('reports')
  @RequireUser()
  list() {
    return ['a report'];
  }
}

@Controller({ path: 'requests', scope: Scope.REQUEST })
@RequireUser()
class RequestController {
  @Get()
  list() {
    return ['a report'];
  }
}

@Resolver()
class ReportsResolver {
  @Query(() => [String])
  @RequireOrgRole('Admin')
  reports() {
    return ['a report'];
  }
}

@WebSocketGateway()
class ReportsGateway {
  @SubscribeMessage('reports')
  @RequireUser()
  list() {
    return { event: 'reports', data: ['a report'] };
  }
}

@Injectable()
class ReportsService {
  @RequireUser()
  list() {
    return ['a report'];
  }
}

const missing = /PropelAuthModule is not imported.*forRoot\(\{ authUrl, apiKey \}\)/;

describe('The spec that the Nest CLI generates', () => {
  it.each<[string, keyof ModuleMetadata, Type]>([
    ['controller', 'controllers', ReportsController],
    ['request-scoped controller', 'controllers', RequestController],
    ['resolver', 'providers', ReportsResolver],
    ['gateway', 'providers', ReportsGateway],
    ['service', 'providers', ReportsService],
  ])('passes for a %s under a rule', async (_what, kind, type) => {
    const module = await Test.createTestingModule({ [kind]: [type] }).compile();
    expect(await module.resolve(type).catch(() => module.get<unknown>(type))).toBeInstanceOf(type);
  });
});

describe('Without PropelAuthModule, startup fails for', () => {
  const module: ModuleMetadata = { controllers: [ReportsController] };

  @Module(module)
  class ReportsModule {}

  const SILENT = { logger: false, abortOnError: false } as const;

  it.each<[string, () => Promise<unknown>]>([
    ['a testing application', () => startApplication(module)],
    [
      'an application',
      async () => {
        const app = await NestFactory.create(ReportsModule, SILENT);
        registerCleanup(() => app.close());
        await app.init();
      },
    ],
    ['an application context', () => NestFactory.createApplicationContext(ReportsModule, SILENT)],
    ['a microservice', () => startMicroserviceOf(ReportsModule)],
    ['a hybrid application', () => startHybrid(module)],
    ['a request-scoped controller', () => startApplication({ controllers: [RequestController] })],
    [
      'a resolver',
      () => startApplication({ imports: [graphqlModule()], providers: [ReportsResolver] }),
    ],
    ['a gateway', () => startApplication({ providers: [ReportsGateway] })],
  ])('%s, and the error says what to do', async (_what, start) => {
    await expect(start()).rejects.toThrow(missing);
  });

  it('a module that does not import one with isGlobal: false', async () => {
    const propelAuth = PropelAuthModule.forRoot({ ...issuer.moduleOptions, isGlobal: false });
    expect(await messageOf(startApplication({ imports: [propelAuth, ReportsModule] }))).toBe(
      'ReportsController has decorators of nestjs-propelauth, but ReportsModule does not import PropelAuthModule, which has isGlobal: ' +
        'false. Import it there, or remove isGlobal: false.',
    );
  });

  it('but not with the error of the guard if the options of the module cannot be created', async () => {
    const error = new Error('No secrets manager');
    const imports = [PropelAuthModule.forRootAsync({ useFactory: () => Promise.reject(error) })];
    expect(await messageOf(startApplication({ ...module, imports }))).toBe('No secrets manager');
  });
});

/** Calls a handler as libraries do, guards included. */
async function callExternally(
  context: INestApplicationContext,
  service: ReportsService = context.get(ReportsService),
): Promise<unknown> {
  const creator = context.get(ExternalContextCreator, { strict: false });
  const { list } = Object.getPrototypeOf(service) as { list: () => unknown };
  return creator.create(service, list, 'list')() as Promise<unknown>;
}

/** What the log says of a call. */
async function logOf(call: () => Promise<unknown>): Promise<string> {
  stopLogClock();
  const logger = new RecordingLogger();
  Logger.overrideLogger(logger);
  await expect(call()).rejects.toMatchObject({ status: 500 });
  return logger.text;
}

describe('If an application continues without PropelAuthModule, calls are rejected', () => {
  it('over HTTP with 500, and one log line per class', async () => {
    stopLogClock();
    const logger = new RecordingLogger();
    const controllers = [ReportsController, RequestController];
    const { app, url } = await startDespiteFailure({ controllers });
    app.useLogger(logger);
    for (const path of ['/reports', '/requests', '/reports']) {
      await request(url)
        .get(path)
        .expect(500, { statusCode: 500, message: 'Internal Server Error' });
    }
    expect(logger.of('error')).toEqual([
      expect.stringMatching(`ReportsController .*${missing.source}`),
      expect.stringMatching(`RequestController .*${missing.source}`),
    ]);
  });

  it('over GraphQL, in gateways and in microservices', async () => {
    const resolving = { imports: [graphqlModule()], providers: [ReportsResolver] };
    expect(await send(await startDespiteFailure(resolving), '{ reports }')).toMatchObject({
      data: null,
      errors: [{ message: 'Internal Server Error' }],
    });
    const client = connectSocketIo(await startDespiteFailure({ providers: [ReportsGateway] }));
    expect(await client.ask('reports')).toMatchObject({ event: 'exception' });
    const hybrid = await startHybrid({ controllers: [ReportsMessages] }, { ignoreFailure: true });
    await expect(hybrid.send('reports', {})).rejects.toMatchObject({ status: 'error' });
  });

  it('of libraries, before startup', async () => {
    const module = await Test.createTestingModule({ providers: [ReportsService] }).compile();
    expect(await logOf(() => callExternally(module))).toMatch(missing);
  });

  it('in lazy-loaded modules, whose hooks Nest does not call', async () => {
    @Injectable()
    class LazyService extends ReportsService {}
    @Module({ providers: [LazyService] })
    class LazyModule {}
    const { app } = await startApplication({});
    const lazy = await app.get(LazyModuleLoader).load(() => LazyModule);
    expect(await logOf(() => callExternally(app, lazy.get(LazyService)))).toMatch(missing);
  });
});
