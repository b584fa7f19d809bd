import { Controller, Get, Module, type ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Query, Resolver } from '@nestjs/graphql';
import { MessagePattern, Transport } from '@nestjs/microservices';
import {
  type AccessTable,
  PropelAuthConfigurationError,
  PropelAuthModule,
  RequireUser,
} from 'nestjs-propelauth';
import { expectAccess } from 'nestjs-propelauth/testing';
import { failureOf } from '../support/application.js';
import { graphqlModule } from '../support/graphql.js';
import { issuer, startGuarded, type PropelAuthOptions } from '../support/guarded-application.js';

@Controller('reports')
class ReportsController {
  @Get()
  @RequireUser()
  list() {}

  @MessagePattern('list')
  @RequireUser({ tokenSource: () => undefined })
  onMessage() {}
}

@Resolver()
class ReportsResolver {
  @Query(() => Boolean)
  @RequireUser()
  reports() {
    return true;
  }
}

const TABLE: AccessTable = {
  'GET /reports': 'user',
  'Query.reports': 'user',
  'message list': 'user',
};

const withGraphql = { imports: [graphqlModule()], providers: [ReportsResolver] };
const application: ModuleMetadata = { ...withGraphql, controllers: [ReportsController] };

/** The lines of the error with which startup fails; empty if the application starts. */
async function linesOf(
  metadata: ModuleMetadata,
  options: Partial<PropelAuthOptions>,
): Promise<string[]> {
  const failure = await failureOf(startGuarded(metadata, options));
  if (failure === undefined) return [];
  expect(failure).toBeInstanceOf(PropelAuthConfigurationError);
  return (failure as Error).message.split('\n');
}

/** Starts an application without HTTP, and ends it. */
const start = async (accessTable: AccessTable) => {
  const propelAuth = PropelAuthModule.forRoot({ ...issuer.moduleOptions, accessTable });
  @Module({ imports: [propelAuth], controllers: [ReportsController] })
  class AppModule {}
  const service = await NestFactory.createMicroservice(AppModule, {
    transport: Transport.TCP,
    options: { port: 0 },
    logger: false,
    abortOnError: false,
  });
  try {
    await service.init();
  } finally {
    await service.close();
  }
};

describe('The option accessTable', () => {
  it('lets an application start whose rules are those of the table', async () => {
    const { app } = await startGuarded(application, { accessTable: TABLE });
    expectAccess(app).toEqual(TABLE);
  });

  const { 'GET /reports': _new, ...without } = TABLE;

  it.each<[string, AccessTable, string[]]>([
    [
      'whose rule differs',
      { ...TABLE, 'GET /reports': 'public' },
      ['- GET /reports: public', '+ GET /reports: user'],
    ],
    [
      'whose rule differs, in GraphQL',
      { ...TABLE, 'Query.reports': 'public' },
      ['- Query.reports: public', '+ Query.reports: user'],
    ],
    ['that the table does not have', without, ['+ GET /reports: user']],
    ['that is missing', { ...TABLE, 'GET /health': 'public' }, ['- GET /health: public']],
  ])('fails startup for a handler %s, whatever startupAudit says', async (_what, table, lines) => {
    for (const startupAudit of ['error', 'warn'] as const) {
      expect(await linesOf(application, { accessTable: table, startupAudit })).toEqual([
        'accessTable differs from the access rules of this application (- expected, + actual). Correct the decorators and modules, ' +
          'or, if the change is meant, the table: accessTable(app) from nestjs-propelauth/testing returns the actual one.',
        ...lines,
      ]);
    }
  });

  it('shows at most 20 lines', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `GET /${index + 10}`);
    const accessTable = Object.fromEntries(names.map((name) => [name, 'user']));
    const lines = await linesOf({}, { accessTable });
    expect(lines.slice(1)).toEqual([
      ...names.slice(0, 20).map((name) => `- ${name}: user`),
      'and 10 more',
    ]);
  });

  it('compares only messages and gateway events in an application without HTTP', async () => {
    await start({ 'GET /api/reports': 'user', 'message list': 'user' });
    await expect(start({ 'GET /api/reports': 'user', 'message list': 'public' })).rejects.toThrow(
      '\n- message list: public\n+ message list: user',
    );
  });
});
