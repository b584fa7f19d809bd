import { Controller, Get, Module, type ModuleMetadata, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Query, Resolver } from '@nestjs/graphql';
import { MessagePattern, Transport } from '@nestjs/microservices';
import {
  type AccessTable,
  PropelAuthConfigurationError,
  PropelAuthModule,
  Public,
  RequireUser,
} from 'nestjs-propelauth';
import { expectAccess } from 'nestjs-propelauth/testing';
import { failureOf } from '../support/application.js';
import { graphqlModule } from '../support/graphql.js';
import { issuer, startGuarded, type PropelAuthOptions } from '../support/guarded-application.js';

const TABLE: AccessTable = { 'GET /reports': 'user' };

/** `GET /reports`, with the decorator that the present environment selects. */
function reportsController(): Type {
  @Controller('reports')
  class ReportsController {
    @Get()
    @(process.env.NODE_ENV === 'production' ? Public() : RequireUser())
    list() {}
  }
  return ReportsController;
}

@Controller('debug')
class DebugController {
  @Get()
  @Public()
  show() {}
}

@Module({ controllers: [DebugController] })
class DebugModule {}

/** An application that imports one module in production only. */
function application(): ModuleMetadata {
  return {
    imports: process.env.NODE_ENV === 'production' ? [DebugModule] : [],
    controllers: [reportsController()],
  };
}

function underProduction<Result>(make: () => Result): Result {
  const before = process.env.NODE_ENV;
  process.env.NODE_ENV = 'production';
  try {
    return make();
  } finally {
    process.env.NODE_ENV = before;
  }
}

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

describe('The option accessTable', () => {
  it('lets an application start whose rules are those of the table', async () => {
    const { app } = await startGuarded(application(), { accessTable: TABLE });
    expectAccess(app).toEqual(TABLE);
  });

  it('fails startup for a decorator that depends on the environment', async () => {
    const controllers = underProduction(() => [reportsController()]);
    expect(await linesOf({ controllers }, { accessTable: TABLE })).toEqual([
      'accessTable differs from the access rules of this application (- expected, + actual). Correct the decorators and modules, ' +
        'or, if the change is meant, the table: accessTable(app) from nestjs-propelauth/testing returns the actual one.',
      '- GET /reports: user',
      '+ GET /reports: public',
    ]);
  });

  it('fails startup for a module that only production imports', async () => {
    const { imports } = underProduction(application);
    const metadata = { ...application(), imports: [...(imports ?? [])] };
    const lines = await linesOf(metadata, { accessTable: TABLE });
    expect(lines.slice(1)).toEqual(['+ GET /debug: public']);
  });

  it('fails startup for a handler that is missing', async () => {
    const accessTable = { ...TABLE, 'GET /health': 'public' };
    const lines = await linesOf(application(), { accessTable });
    expect(lines.slice(1)).toEqual(['- GET /health: public']);
  });

  it("fails startup under startupAudit: 'warn' as well", async () => {
    const options = { accessTable: {}, startupAudit: 'warn' } as const;
    expect((await linesOf(application(), options)).slice(1)).toEqual(['+ GET /reports: user']);
  });

  it('compares GraphQL operations', async () => {
    @Resolver()
    class ReportsResolver {
      @Query(() => Boolean)
      @RequireUser()
      reports() {
        return true;
      }
    }
    const metadata = { imports: [graphqlModule()], providers: [ReportsResolver] };
    const lines = await linesOf(metadata, { accessTable: { 'Query.reports': 'public' } });
    expect(lines.slice(1)).toEqual(['- Query.reports: public', '+ Query.reports: user']);
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
    @Controller('reports')
    class ReportsController {
      @Get()
      @RequireUser()
      list() {}

      @MessagePattern('list')
      @RequireUser({ tokenSource: () => undefined })
      onMessage() {}
    }
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
    await start({ 'GET /api/reports': 'user', 'message list': 'user' });
    await expect(start({ 'GET /api/reports': 'user', 'message list': 'public' })).rejects.toThrow(
      '\n- message list: public\n+ message list: user',
    );
  });
});
