import {
  Controller,
  ForbiddenException,
  Get,
  HttpException,
  Injectable,
  Query,
  UseGuards,
  UseInterceptors,
  type CallHandler,
  type CanActivate,
  type ExecutionContext,
  type NestInterceptor,
  type PipeTransform,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import {
  CurrentAccount,
  DenyImpersonation,
  getCurrentAccount,
  OptionalUser,
  orgFromQuery,
  PropelAuthGuard,
  PropelAuthModule,
  Public,
  RequireOrgMember,
  RequireOrgRole,
  RequireStepUpMfa,
  RequireUser,
  type AccessDecisionEvent,
} from 'nestjs-propelauth';
import type { TestUser } from 'nestjs-propelauth/testing';
import supertest from 'supertest';
import { beforeTests, startApplication } from '../../support/application.js';
import { issuer, request, startGuarded } from '../../support/guarded-application.js';
import { ACME_ID, alice, carol, dave } from '../../support/project.js';
import { accountOf, Accounts, type TestAccount } from './accounts.js';

/** What each place was told, and how often handlers have run. */
let told: Record<string, unknown> = {};
let handled = 0;

async function ask(place: string, context: ExecutionContext): Promise<void> {
  try {
    const account = (await getCurrentAccount(context)) as TestAccount | null;
    told[place] = account?.id ?? null;
  } catch (error) {
    told[place] = (error as Error).message;
  }
}

function asking(place: string) {
  @Injectable()
  class AskingGuard implements CanActivate {
    async canActivate(context: ExecutionContext) {
      await ask(place, context);
      return true;
    }
  }
  return AskingGuard;
}

@Injectable()
class AskingInterceptor implements NestInterceptor {
  async intercept(context: ExecutionContext, next: CallHandler) {
    await ask('interceptor', context);
    return next.handle();
  }
}

/** Decides by ours, and lets everyone in. */
@Injectable()
class ForgivingGuard implements CanActivate {
  constructor(private readonly guard: PropelAuthGuard) {}

  async canActivate(context: ExecutionContext) {
    await Promise.resolve(this.guard.canActivate(context)).catch(() => {});
    await ask('after the rejection', context);
    return true;
  }
}

/** A pipe of the application gets the loaded account as the value of the parameter. */
const seeing: PipeTransform = {
  transform(value: unknown, { type, metatype }) {
    if (type === 'custom') told['pipe'] = { value, metatype };
    return value;
  },
};

@Controller()
@UseInterceptors(AskingInterceptor)
class AccountsController {
  @Get('required')
  @RequireUser()
  required(@CurrentAccount() account: TestAccount) {
    handled++;
    return account;
  }

  @Get('optional-account')
  @RequireUser()
  optionalAccount(@CurrentAccount({ optional: true }) account: TestAccount | null) {
    handled++;
    return { account };
  }

  @Get('id')
  @RequireUser()
  id(
    @CurrentAccount('id') id: string,
    @CurrentAccount('id', { optional: true }) idIfAny: string | undefined,
  ) {
    return { id, idIfAny };
  }

  @Get('id-if-any')
  @OptionalUser()
  idIfAny(@CurrentAccount('id', { optional: true }) id: string | undefined) {
    return { isUndefined: id === undefined };
  }

  @Get('asked')
  @RequireUser()
  @UseGuards(asking('guard'))
  asked(@CurrentAccount() account: TestAccount) {
    told['handler'] = account.id;
    return {};
  }

  @Get('asked-lazily')
  @OptionalUser()
  @UseGuards(asking('guard'), asking('second guard'))
  askedLazily() {
    return {};
  }

  @Get('asked-in-public')
  @Public()
  @UseGuards(asking('guard'))
  askedInPublic() {
    return {};
  }

  @Get('orgs/:orgId/admins')
  @RequireOrgRole('Admin')
  admins(@CurrentAccount() account: TestAccount) {
    return account;
  }

  @Get('orgs/:orgId/both')
  @RequireOrgMember()
  @RequireOrgMember({ org: orgFromQuery('org') })
  both(@CurrentAccount() account: TestAccount, @Query('org') _org: string) {
    return account;
  }

  @Get('themselves')
  @DenyImpersonation()
  themselves(@CurrentAccount() account: TestAccount) {
    return account;
  }

  @Get('step-up')
  @RequireStepUpMfa('PAY')
  stepUp(@CurrentAccount() account: TestAccount) {
    return account;
  }
}

@Controller()
class SilentController {
  @Get('unused')
  @RequireUser()
  unused() {
    return {};
  }
}

const events: AccessDecisionEvent[] = [];

// Two organization sources on one handler are written on purpose.
const options = { account: Accounts, startupAudit: 'warn' } as const;
const metadata = { controllers: [AccountsController, SilentController], providers: [Accounts] };

const application = beforeTests(() =>
  startGuarded(metadata, { ...options, onDecision: (event) => events.push(event) }, (app) =>
    app.useGlobalPipes(seeing),
  ),
);
let accounts: Accounts;

beforeEach(() => {
  accounts = application.app.get(Accounts);
  accounts.loaded.length = 0;
  accounts.answer = accountOf;
  events.length = 0;
  told = {};
  handled = 0;
});

const get = (path: string, user: TestUser | null, claims?: Record<string, unknown>) =>
  request(application.url, user, claims).get(path);

const id = `account of ${alice.userId}`;

describe('@CurrentAccount()', () => {
  it('injects what the application loads for the caller, which pipes see without a type', async () => {
    await get('/required', alice).expect(200, { id });
    expect(accounts.loaded).toEqual([
      expect.objectContaining({
        kind: 'user',
        userId: alice.userId,
        user: expect.objectContaining({ email: alice.email }) as unknown,
      }),
    ]);
    expect(told['pipe']).toEqual({ value: { id }, metatype: Object });
  });

  it.each([null, undefined])('rejects a caller whose account is %s', async (nothing) => {
    accounts.answer = () => nothing;
    await get('/required', alice).expect(403);
    await get('/id', alice).expect(403);
    expect(handled).toBe(0);
    expect(events[0]).toMatchObject({
      allowed: false,
      reason: 'account_missing',
      userId: alice.userId,
    });
  });

  it('is null or undefined for a caller without an account where it is optional', async () => {
    accounts.answer = () => null;
    const answers = [
      await get('/optional-account', alice).expect(200),
      await get('/id-if-any', alice).expect(200),
      await get('/id-if-any', null).expect(200),
    ];
    expect(answers.map(({ body }) => body as object)).toEqual([
      { account: null },
      { isUndefined: true },
      { isUndefined: true },
    ]);
  });

  it('injects a property', async () => {
    const { body } = await get('/id', alice).expect(200);
    expect(body).toEqual({ id, idIfAny: id });
  });

  it.each([
    ['an unknown option', () => CurrentAccount({ required: true } as object)],
    ['an empty property', () => CurrentAccount('')],
    ['null', () => CurrentAccount(null as never)],
    ['null for options', () => CurrentAccount('id', null as never)],
    ['a symbol', () => CurrentAccount(Symbol('id') as never)],
    [
      'options before the property',
      () => CurrentAccount({ optional: true } as never, 'id' as never),
    ],
    ['two properties', () => CurrentAccount('id', 'name' as never)],
    ['a third argument', () => (CurrentAccount as Function)('id', {}, {})],
  ])('throws for %s', (_what, decorate) => {
    expect(decorate).toThrow(TypeError);
  });
});

describe('An account', () => {
  it.each<[string, string, TestUser | null, number, Record<string, string | null>]>([
    [
      'once for the guard, an interceptor and the handler',
      '/asked',
      alice,
      1,
      { guard: id, interceptor: id, handler: id },
    ],
    [
      'once for guards and interceptors alone',
      '/asked-lazily',
      alice,
      1,
      { guard: id, 'second guard': id, interceptor: id },
    ],
    [
      'never for an unauthenticated caller',
      '/asked-lazily',
      null,
      0,
      { guard: null, 'second guard': null, interceptor: null },
    ],
    ['never under @Public()', '/asked-in-public', alice, 0, { guard: null, interceptor: null }],
    ['never where nobody asks', '/unused', alice, 0, {}],
  ])('is loaded %s', async (_when, path, user, loads, places) => {
    await get(path, user).expect(200);
    delete told['pipe'];
    expect(told).toEqual(places);
    expect(accounts.loaded).toHaveLength(loads);
  });

  it('is loaded again for the next call', async () => {
    await get('/required', alice).expect(200);
    await get('/required', alice).expect(200);
    expect(accounts.loaded).toHaveLength(2);
  });

  it('is never there if a test overrides the guard: null, and 500 where it is required', async () => {
    const { app, url } = await startApplication(
      { imports: [PropelAuthModule.forRoot({ ...issuer.moduleOptions, ...options })], ...metadata },
      undefined,
      (builder) => builder.overrideProvider(PropelAuthGuard).useValue({ canActivate: () => true }),
    );
    await supertest(url).get('/optional-account').expect(200, { account: null });
    await supertest(url).get('/asked-lazily').expect(200);
    expect(told).toEqual({ guard: null, 'second guard': null, interceptor: null });
    await supertest(url).get('/required').expect(500);
    expect(app.get(Accounts).loaded).toEqual([]);
  });

  it('cannot be asked for before the guard has decided, nor while it decides', async () => {
    @Controller()
    class SourcesController {
      @Get('org')
      @RequireOrgMember({
        async org(context) {
          await ask('organization source', context);
          return { orgId: ACME_ID };
        },
      })
      show() {
        return {};
      }
    }
    const globalGuard = { provide: APP_GUARD, useClass: asking('global guard') };
    const { url, app } = await startGuarded(
      { controllers: [SourcesController], providers: [Accounts, globalGuard] },
      { account: Accounts },
    );
    await request(url, alice).get('/org').expect(200);
    const message = expect.stringMatching(/getCurrentAccount\(\) was called before/) as unknown;
    expect(told).toEqual({ 'global guard': message, 'organization source': message });
    expect(app.get(Accounts).loaded).toEqual([]);
  });

  it('is null after a rejection, without a load', async () => {
    const providers = [Accounts, { provide: APP_GUARD, useClass: ForgivingGuard }];
    const { url, app } = await startGuarded({ ...metadata, providers }, options);
    await request(url, carol).get(`/orgs/${ACME_ID}/admins`).expect(403);
    expect(told).toEqual({ 'after the rejection': null });
    expect(app.get(Accounts).loaded).toEqual([]);
  });
});

describe('No account is loaded for a call that is rejected for', () => {
  const acme = `/orgs/${ACME_ID}`;
  const employee = { impersonator_user_id: 'employee' };

  it.each<[string, number, string, TestUser | null, Record<string, unknown>]>([
    ['no token', 401, '/required', null, {}],
    ['a token of another issuer', 401, '/required', alice, { iss: 'https://evil.example' }],
    ['a user of no organization', 403, `${acme}/admins`, dave, {}],
    ['a member who is no Admin', 403, `${acme}/admins`, carol, {}],
    ['another organization', 403, '/orgs/another/admins', alice, {}],
    ['two organizations', 403, `${acme}/both?org=another`, alice, {}],
    ['no second organization', 403, `${acme}/both`, alice, {}],
    ['impersonation', 403, '/themselves', alice, employee],
    ['no step-up grant', 403, '/step-up', alice, {}],
  ])('%s', async (_attack, status, path, user, claims) => {
    await get(path, user, claims).expect(status);
    expect(accounts.loaded).toEqual([]);
    expect(events).toEqual([expect.objectContaining({ allowed: false })]);
  });
});

function thrower(error: unknown): () => never {
  return () => {
    throw error;
  };
}

describe('A load that goes wrong is never access', () => {
  const failing = new Error('The database is down');

  it.each<[string, () => unknown, number]>([
    ['throws', thrower(failing), 500],
    ['rejects', () => Promise.reject(failing), 500],
    ['throws nothing', thrower(undefined), 500],
    ['throws a string', thrower('down'), 500],
    ['throws a 403 of the application', thrower(new ForbiddenException('Blocked')), 403],
    ['throws a 402 of the application', thrower(new HttpException('Pay first', 402)), 402],
    ['returns an empty list of rows', () => [], 500],
    ['returns true', () => true, 500],
    ['returns an empty id', () => '', 500],
    ['returns a function', () => () => ({}), 500],
  ])('%s', async (_what, answer, status) => {
    accounts.answer = answer;
    await get('/required', alice).expect(status);
    await get('/optional-account', alice).expect(status);
    expect(handled).toBe(0);
    expect(events[0]).toMatchObject({ allowed: false, reason: 'error', userId: alice.userId });
  });

  it('passes the exception of the application on as it is', async () => {
    accounts.answer = thrower(new ForbiddenException('Your account is blocked'));
    const { body } = await get('/required', alice).expect(403);
    expect(body).toMatchObject({ message: 'Your account is blocked' });
  });

  it('waits for queries that are no promises, but can be awaited', async () => {
    // oxlint-disable-next-line unicorn/no-thenable -- as queries of Drizzle and Prisma are
    accounts.answer = () => ({ then: (use: (row: object) => void) => use({ id: 'row' }) });
    const { body } = await get('/required', alice).expect(200);
    expect(body).toEqual({ id: 'row' });
  });
});
