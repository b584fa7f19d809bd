import {
  Controller,
  Get,
  Injectable,
  Scope,
  UseGuards,
  type CallHandler,
  type CanActivate,
  type ExecutionContext,
  type INestApplication,
  type NestInterceptor,
} from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR, ApplicationConfig, NestContainer } from '@nestjs/core';
import { InterceptorsContextCreator } from '@nestjs/core/interceptors/interceptors-context-creator.js';
import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { json } from 'express';
import { retry, timeout, type Observable } from 'rxjs';
import {
  orgFromArgs,
  PropelAuthGuard,
  Public,
  RequireOrgMember,
  RequireUser,
} from 'nestjs-propelauth';
import { expectAccess } from 'nestjs-propelauth/testing';
import { startMatrixApplication } from '../../support/access-matrix.js';
import { graphqlModule } from '../../support/graphql.js';
import { startGuarded } from '../../support/guarded-application.js';
import { classOf } from '../../support/routes.js';

/** The handlers that have run. */
const ran: string[] = [];
/** What the application waits for in its own guards. */
const pending = new Set<Promise<unknown>>();

/** The handlers that have run, also those that a guard has let run after the response. */
async function handlersThatRan(): Promise<string[]> {
  await Promise.allSettled(pending);
  await new Promise((resolve) => setImmediate(resolve));
  pending.clear();
  return ran.splice(0);
}

function slowGuard(milliseconds: number): CanActivate {
  return {
    canActivate() {
      const waiting = new Promise<boolean>((resolve) => {
        setTimeout(() => resolve(true), milliseconds);
      });
      pending.add(waiting);
      return waiting;
    },
  };
}

@Injectable()
class LetsInAll implements CanActivate {
  canActivate() {
    return true;
  }
}

const run = (name: string) => ran.push(name);
const user = RequireUser();

const things = classOf(
  'ThingsController',
  [Controller()],
  {
    slow: [Get('slow'), user, UseGuards(slowGuard(100), slowGuard(500))],
    byDefault: [Get('default'), UseGuards(slowGuard(100))],
    health: [Get('health'), Public()],
  },
  { run },
);
const quick = classOf(
  'QuickController',
  [Controller('quick')],
  { quick: [Get(), user, UseGuards(slowGuard(100))] },
  { run },
);
const scoped = classOf(
  'ScopedController',
  [Controller({ path: 'scoped', scope: Scope.REQUEST })],
  { scoped: [Get(), user] },
  { run },
);

@Resolver()
class ReportsResolver {
  @Query(() => [String])
  @RequireOrgMember({ org: orgFromArgs('orgId') })
  @UseGuards(slowGuard(100))
  reports(@Args('orgId') _orgId: string) {
    ran.push('reports');
    return [];
  }

  @Mutation(() => String)
  @RequireUser()
  rename() {
    return String(ran.push('rename'));
  }
}

/** Repeats calls that fail, and ends those that take long. */
@Injectable()
class Retrying implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(timeout(1_000), retry(2));
  }
}

const APPLICATION = {
  module: { requireUserByDefault: true },
  imports: [graphqlModule()],
  controllers: [things, scoped],
  providers: [ReportsResolver],
};

describe('toHold() runs no handler', () => {
  it('behind slow guards of the application, of classes that are created for each request', async () => {
    const { app } = await startMatrixApplication(APPLICATION);
    const { tried, notTried } = await expectAccess(app).toHold();
    expect(tried).toHaveLength(6);
    expect(notTried).toEqual([]);
    expect(await handlersThatRan()).toEqual([]);
  });

  it('behind a slow global guard in front', async () => {
    const { app } = await startMatrixApplication({
      ...APPLICATION,
      controllers: [scoped],
      providers: [ReportsResolver, { provide: APP_GUARD, useValue: slowGuard(100) }],
    });
    expect((await expectAccess(app).toHold()).tried).toHaveLength(3);
    expect(await handlersThatRan()).toEqual([]);
  }, 30_000);

  it('behind a guard that lets in all, with slow guards behind it and interceptors that retry', async () => {
    const { app } = await startMatrixApplication({
      ...APPLICATION,
      controllers: [quick, scoped],
      providers: [ReportsResolver, { provide: APP_INTERCEPTOR, useClass: Retrying }],
      override: (builder) => builder.overrideProvider(PropelAuthGuard).useClass(LetsInAll),
    });
    await expect(expectAccess(app).toHold()).rejects.toThrow('allows');
    expect(await handlersThatRan()).toEqual([]);
  }, 30_000);

  it.each([
    {
      what: 'calls an operation again under an alias',
      rewrite: (query: string) =>
        query.replace(/ \{ (reports|rename)(\([^)]*\))?/, ' { again: $1$2 $1$2'),
    },
    {
      what: 'drops the names of operations',
      rewrite: (query: string) => query.replace(/^(query|mutation) \w+/, '$1'),
    },
  ])('if the application $what', async ({ rewrite }) => {
    const rewritten = new Set<string>();
    const rewriteBody = (body: { query?: string } | undefined) => {
      if (body?.query === undefined) return;
      const { query } = body;
      body.query = rewrite(query);
      if (body.query !== query) rewritten.add(body.query);
    };
    const { app } = await startMatrixApplication({
      ...APPLICATION,
      prepare: (application) => rewriteBodies(application, rewriteBody),
    });
    await expectAccess(app).toHold();
    expect(rewritten.size).toBeGreaterThan(0);
    expect(await handlersThatRan()).toEqual([]);
  });
});

/** Lets a function change the bodies of requests, after they are parsed. */
function rewriteBodies(
  application: INestApplication,
  rewrite: (body: { query?: string } | undefined) => void,
): void {
  application.use(json());
  application.use(
    ({ body }: { body?: { query?: string } }, _response: unknown, next: () => void) => {
      rewrite(body);
      next();
    },
  );
}

describe('A call of anybody else, while toHold() runs,', () => {
  it('is answered as always', async () => {
    const { app, issuer } = await startMatrixApplication(APPLICATION);
    const url = await app.getUrl();
    const authorization = await issuer.authorization({ email: 'alice@example.com' });
    const [, response] = await Promise.all([
      expectAccess(app).toHold(),
      fetch(`${url}/scoped`, { headers: { authorization } }),
    ]);
    expect(response.status).toBe(200);
    expect(await handlersThatRan()).toEqual(['scoped']);
  });

  it.each(['', 'any', 'toHold_0', 'toHold_00000000000000000000000000000000_0'])(
    'is no call of toHold(), whatever mark a client sends: "%s"',
    async (mark) => {
      const { app } = await startMatrixApplication(APPLICATION);
      await expectAccess(app).toHold();
      const url = await app.getUrl();
      await fetch(`${url}/health`, { headers: { 'x-propelauth-probe': mark } });
      expect(await handlersThatRan()).toEqual(['health']);
    },
  );

  it('runs through no interceptor of toHold() in an application without overridePropelAuth()', async () => {
    const { app, url } = await startGuarded({ controllers: [things] });
    const config = app.get(ApplicationConfig);
    const creator = new InterceptorsContextCreator(new NestContainer(config), config);
    const controller = app.get<{ readonly health: () => unknown }>(things);
    const { health } = controller;
    expect(creator.create(controller, health, 'any module')).toEqual([]);
    await fetch(`${url}/health`, { headers: { 'x-propelauth-probe': 'any' } });
    expect(await handlersThatRan()).toEqual(['health']);
  });
});
