import {
  Controller,
  ForbiddenException,
  Get,
  HttpException,
  Injectable,
  Param,
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
  CurrentUser,
  DenyImpersonation,
  getCurrentAccount,
  OptionalUser,
  PropelAuthGuard,
  PropelAuthModule,
  Public,
  RequireOrgMember,
  RequireOrgRole,
  RequirePermission,
  RequireStepUpMfa,
  RequireUser,
  type AccessDecisionEvent,
  type User,
} from 'nestjs-propelauth';
import { TestIssuer, type TestUser } from 'nestjs-propelauth/testing';
import supertest from 'supertest';
import { issuer, request, startGuarded } from '../../support/guarded-application.js';
import { beforeTests, startApplication } from '../../support/application.js';
import { ACME_ID, alice, bob, carol, dave, headersOf, ROLES } from '../../support/project.js';
import { accountOf, Accounts, holdUntil, type TestAccount } from './accounts.js';

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

/** A pipe of the application gets the loaded account as the value of the parameter. */
const seeing: PipeTransform = {
  transform(value: unknown, { type, metatype }) {
    if (type === 'custom') told['pipe'] = { value, metatype };
    return value;
  },
};

@Controller()
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

  @Get('optional-user')
  @OptionalUser()
  optionalUser(@CurrentAccount({ optional: true }) account: TestAccount | null) {
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

  @Get('unused')
  @RequireUser()
  unused(@CurrentUser() user: User) {
    return { userId: user.userId };
  }

  @Get('public')
  @Public()
  public() {
    return {};
  }

  @Get('asked')
  @RequireUser()
  @UseGuards(asking('guard'))
  @UseInterceptors(AskingInterceptor)
  asked(@CurrentAccount() account: TestAccount) {
    told['handler'] = account.id;
    return {};
  }

  @Get('asked-lazily')
  @OptionalUser()
  @UseGuards(asking('guard'), asking('second guard'))
  @UseInterceptors(AskingInterceptor)
  askedLazily() {
    return {};
  }

  @Get('asked-in-public')
  @Public()
  @UseGuards(asking('guard'))
  @UseInterceptors(AskingInterceptor)
  askedInPublic() {
    return {};
  }

  @Get('orgs/:orgId/admins')
  @RequireOrgRole('Admin')
  admins(@CurrentAccount() account: TestAccount, @Param('orgId') orgId: string) {
    return { account, orgId };
  }

  @Get('orgs/:orgId/billing')
  @RequirePermission('can_edit_billing')
  billing(@CurrentAccount() account: TestAccount) {
    return account;
  }

  @Get('orgs/:orgId/both')
  @RequireOrgMember()
  @RequireOrgMember({ org: (context) => ({ orgId: queryOf(context) }) })
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

const queryOf = (context: ExecutionContext) =>
  context.switchToHttp().getRequest<{ query: Record<string, string> }>().query['org'];

const events: AccessDecisionEvent[] = [];

const application = beforeTests(() =>
  startGuarded(
    { controllers: [AccountsController], providers: [Accounts] },
    {
      account: Accounts,
      onDecision: (event) => events.push(event),
      // Two organization sources on one handler are written on purpose.
      startupAudit: 'warn',
    },
  ),
);
let accounts: Accounts;

beforeEach(() => {
  jest.restoreAllMocks();
  accounts = application.app.get(Accounts);
  accounts.loaded.length = 0;
  accounts.answer = accountOf;
  events.length = 0;
  told = {};
  handled = 0;
});

const get = (path: string, user: TestUser | null, claims?: Record<string, unknown>) =>
  request(application.url, user, claims).get(path);

const idOf = (user: TestUser) => `account of ${user.userId}`;

describe('@CurrentAccount()', () => {
  it('injects the account that the application loads for the caller', async () => {
    const { body } = await get('/required', alice).expect(200);
    expect(body).toEqual({ id: idOf(alice) });
    expect(accounts.loaded).toEqual([
      expect.objectContaining({
        kind: 'user',
        userId: alice.userId,
        user: expect.objectContaining({ email: alice.email }) as unknown,
      }),
    ]);
  });

  it.each([null, undefined])('rejects a caller whose account is %s with 403', async (nothing) => {
    accounts.answer = () => nothing;
    await get('/required', alice).expect(403);
    expect(handled).toBe(0);
    expect(events).toEqual([
      expect.objectContaining({
        allowed: false,
        reason: 'account_missing',
        userId: alice.userId,
      }),
    ]);
  });

  it('with optional is null for a caller without an account', async () => {
    accounts.answer = () => null;
    const { body } = await get('/optional-account', alice).expect(200);
    expect(body).toEqual({ account: null });
  });

  it('with optional is null for an unauthenticated caller, for whom nothing is loaded', async () => {
    const { body } = await get('/optional-user', null).expect(200);
    expect(body).toEqual({ account: null });
    expect(accounts.loaded).toEqual([]);
  });

  it('injects a property, whose account is required unless it is optional', async () => {
    const { body } = await get('/id', alice).expect(200);
    expect(body).toEqual({ id: idOf(alice), idIfAny: idOf(alice) });
    accounts.answer = () => null;
    await get('/id', alice).expect(403);
    await get('/id-if-any', alice).expect(200, { isUndefined: true });
    await get('/id-if-any', null).expect(200, { isUndefined: true });
  });

  it('with optional injects the account of a caller who has one', async () => {
    const { body } = await get('/optional-user', alice).expect(200);
    expect(body).toEqual({ account: { id: idOf(alice) } });
  });

  it('keeps its value from global validation pipes, which see it without a type', async () => {
    const piped = await startGuarded(
      { controllers: [AccountsController], providers: [Accounts] },
      { account: Accounts, startupAudit: 'warn' },
      (app) => app.useGlobalPipes(seeing),
    );
    await request(piped.url, alice)
      .get('/required')
      .expect(200, { id: idOf(alice) });
    expect(told['pipe']).toEqual({ value: { id: idOf(alice) }, metatype: Object });
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
  it('is loaded once per call, for the guard, an interceptor and the handler', async () => {
    await get('/asked', alice).expect(200);
    const id = idOf(alice);
    expect(told).toEqual({ guard: id, interceptor: id, handler: id });
    expect(accounts.loaded).toHaveLength(1);
  });

  it('is loaded once per call when only guards and interceptors ask', async () => {
    await get('/asked-lazily', alice).expect(200);
    const id = idOf(alice);
    expect(told).toEqual({ guard: id, 'second guard': id, interceptor: id });
    expect(accounts.loaded).toHaveLength(1);
  });

  it('is not loaded where nobody asks', async () => {
    await get('/unused', alice).expect(200);
    await get('/public', alice).expect(200);
    expect(accounts.loaded).toEqual([]);
  });

  it('is null for an unauthenticated caller, without a load', async () => {
    await get('/asked-lazily', null).expect(200);
    expect(told).toEqual({ guard: null, 'second guard': null, interceptor: null });
    expect(accounts.loaded).toEqual([]);
  });

  it('is null under @Public(), without a load', async () => {
    await get('/asked-in-public', alice).expect(200);
    expect(told).toEqual({ guard: null, interceptor: null });
    expect(accounts.loaded).toEqual([]);
  });

  it('is loaded again for the next call', async () => {
    await get('/required', alice).expect(200);
    await get('/required', alice).expect(200);
    expect(accounts.loaded).toHaveLength(2);
  });

  it('is never there if a test overrides the guard: null, and 500 where it is required', async () => {
    const { app, url } = await startApplication(
      {
        imports: [
          PropelAuthModule.forRoot({
            ...issuer.moduleOptions,
            account: Accounts,
            startupAudit: 'warn',
          }),
        ],
        controllers: [AccountsController],
        providers: [Accounts],
      },
      undefined,
      (builder) => builder.overrideProvider(PropelAuthGuard).useValue({ canActivate: () => true }),
    );
    await supertest(url).get('/optional-account').expect(200, { account: null });
    await supertest(url).get('/asked-lazily').expect(200);
    expect(told).toEqual({ guard: null, 'second guard': null, interceptor: null });
    await supertest(url).get('/required').expect(500);
    expect(app.get(Accounts).loaded).toEqual([]);
  });

  it('cannot be asked for before the guard has decided', async () => {
    const { url, app } = await startGuarded(
      {
        controllers: [onlyRoute()],
        providers: [Accounts, { provide: APP_GUARD, useClass: asking('global guard') }],
      },
      { account: Accounts },
    );
    await request(url, alice).get('/only').expect(200);
    expect(told['global guard']).toMatch(/getCurrentAccount\(\) was called before/);
    expect(app.get(Accounts).loaded).toHaveLength(1);
  });

  it('cannot be asked for while the guard decides', async () => {
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
    const { url, app } = await startGuarded(
      { controllers: [SourcesController], providers: [Accounts] },
      { account: Accounts },
    );
    await request(url, alice).get('/org').expect(200);
    expect(told['organization source']).toMatch(/getCurrentAccount\(\) was called before/);
    expect(app.get(Accounts).loaded).toEqual([]);
  });

  it('is null after a rejection, without a load', async () => {
    @Injectable()
    class ForgivingGuard implements CanActivate {
      constructor(private readonly guard: PropelAuthGuard) {}

      async canActivate(context: ExecutionContext) {
        await Promise.resolve(this.guard.canActivate(context)).catch(() => {});
        await ask('after the rejection', context);
        return true;
      }
    }
    const { url, app } = await startGuarded(
      {
        controllers: [AccountsController],
        providers: [Accounts, { provide: APP_GUARD, useClass: ForgivingGuard }],
      },
      { account: Accounts, startupAudit: 'warn' },
    );
    await request(url, carol).get(`/orgs/${ACME_ID}/admins`).expect(403);
    expect(told).toEqual({ 'after the rejection': null });
    expect(app.get(Accounts).loaded).toEqual([]);
  });
});

/** A controller whose rules contradict nothing. */
function onlyRoute() {
  @Controller()
  class OnlyController {
    @Get('only')
    @RequireUser()
    only(@CurrentAccount() account: TestAccount | null) {
      return { account };
    }
  }
  return OnlyController;
}

const tokenOf = (user: TestUser, claims?: Record<string, unknown>) =>
  headersOf(issuer, user, claims);
const seconds = (fromNow: number) => Math.floor(Date.now() / 1000) + fromNow;
const unsigned = (authorization: string) =>
  authorization.replace(/[^ ]+$/, (token) => {
    const header = Buffer.from('{"alg":"none"}').toString('base64url');
    return `${header}.${token.split('.')[1]}.`;
  });

describe('Calls that are rejected load no account', () => {
  const strangers = TestIssuer.create({ roles: ROLES });
  const acme = `/orgs/${ACME_ID}`;
  it.each<[string, string, () => Promise<Record<string, string>>, number]>([
    ['no token', '/required', async () => ({}), 401],
    ['an empty token', '/required', async () => ({ Authorization: 'Bearer ' }), 401],
    ['garbage', '/required', async () => ({ Authorization: 'Bearer a.b.c' }), 401],
    ['another scheme', '/required', async () => ({ Authorization: 'Basic YTpi' }), 401],
    ['an API key', '/required', async () => ({ 'X-API-Key': 'a-key' }), 401],
    ['a token of another project', '/required', async () => headersOf(await strangers, alice), 401],
    ['an expired token', '/required', () => tokenOf(alice, { exp: seconds(-3600) }), 401],
    ['a token of the future', '/required', () => tokenOf(alice, { iat: seconds(3600) }), 401],
    ['another issuer', '/required', () => tokenOf(alice, { iss: 'https://evil.example' }), 401],
    [
      'an unsigned token',
      '/required',
      async () => ({ Authorization: unsigned((await tokenOf(alice))['Authorization'] as string) }),
      401,
    ],
    ['a token without a user', '/required', () => tokenOf(alice, { user_id: '' }), 401],
    ['a user of no organization', `${acme}/admins`, () => tokenOf(dave), 403],
    ['a member who is no Admin', `${acme}/admins`, () => tokenOf(carol), 403],
    ['an Admin without the permission', `${acme}/billing`, () => tokenOf(bob), 403],
    ['another organization', '/orgs/another/admins', () => tokenOf(alice), 403],
    ['the prototype as organization', '/orgs/__proto__/admins', () => tokenOf(alice), 403],
    ['two organizations', `${acme}/both?org=another`, () => tokenOf(alice), 403],
    ['no second organization', `${acme}/both`, () => tokenOf(alice), 403],
    [
      'an employee who impersonates the user',
      '/themselves',
      () => tokenOf(alice, { impersonator_user_id: 'employee' }),
      403,
    ],
    ['no step-up grant', '/step-up', () => tokenOf(alice), 403],
  ])('%s', async (_attack, path, headers, status) => {
    await supertest(application.url)
      .get(path)
      .set(await headers())
      .expect(status);
    expect(accounts.loaded).toEqual([]);
    expect(events).toEqual([expect.objectContaining({ allowed: false })]);
  });
});

describe('A load that goes wrong is never access', () => {
  const failing = new Error('The database is down');

  it.each<[string, () => unknown, number]>([
    ['throws', thrower(failing), 500],
    ['rejects', () => Promise.reject(failing), 500],
    ['throws nothing', thrower(undefined), 500],
    ['throws null', thrower(null), 500],
    ['throws a string', thrower('down'), 500],
    ['throws a 403 of the application', thrower(new ForbiddenException('Blocked')), 403],
    ['throws a 402 of the application', thrower(new HttpException('Pay first', 402)), 402],
    ['returns an empty list of rows', () => [], 500],
    ['returns a list of rows', () => [{ id: 'row' }], 500],
    ['returns true', () => true, 500],
    ['returns false', () => false, 500],
    ['returns an id', () => 'account-1', 500],
    ['returns an empty id', () => '', 500],
    ['returns a count', () => 1, 500],
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

function thrower(error: unknown): () => never {
  return () => {
    throw error;
  };
}

const many = (count: number, user: TestUser) =>
  Array.from({ length: count }, () => get('/required', user));

describe('Concurrent calls', () => {
  it('of one caller share one load, which inserts the row of a new user once', async () => {
    holdUntil(application.app, 5);
    const answers = await Promise.all(many(5, alice));
    expect(answers.map(({ body }) => body as object)).toEqual(
      Array.from({ length: 5 }, () => ({ id: idOf(alice) })),
    );
    expect(accounts.loaded).toHaveLength(1);
  });

  it('all fail with a load that fails, and the next call loads again', async () => {
    holdUntil(application.app, 3, thrower(new Error('Duplicate key')));
    const failed = await Promise.all(many(3, alice));
    expect(failed.map(({ status }) => status)).toEqual([500, 500, 500]);
    expect(accounts.loaded).toHaveLength(1);
    accounts.answer = accountOf;
    await get('/required', alice).expect(200);
    expect(accounts.loaded).toHaveLength(2);
  });

  it('all get 403 when there is no account, and the next call loads again', async () => {
    holdUntil(application.app, 3, () => null);
    const rejected = await Promise.all(many(3, alice));
    expect(rejected.map(({ status }) => status)).toEqual([403, 403, 403]);
    accounts.answer = accountOf;
    await get('/required', alice).expect(200);
  });

  it.each<[string, TestUser, Record<string, unknown> | undefined]>([
    ['another user', bob, undefined],
    ['an employee who impersonates them', alice, { impersonator_user_id: 'employee' }],
    ['their token for one organization', { ...alice, activeOrgId: ACME_ID }, undefined],
    ['their token with other properties', alice, { properties: { plan: 'pro' } }],
    ['their token with another email address', { ...alice, email: 'new@example.com' }, undefined],
    ['their token without their organizations', { ...alice, orgs: [] }, undefined],
  ])('share no load with %s', async (_who, user, claims) => {
    holdUntil(application.app, 2, (caller) => ({ id: JSON.stringify(caller.user) }));
    const answers = await Promise.all([get('/required', alice), get('/required', user, claims)]);
    expect(accounts.loaded).toHaveLength(2);
    const [one, other] = answers.map(({ body }) => (body as TestAccount).id);
    expect(one).not.toBe(other);
  });

  it('do not join a load that takes more than ten seconds, and its end does not disturb theirs', async () => {
    const clock = jest.spyOn(performance, 'now');
    const ends: ((account: TestAccount) => void)[] = [];
    let begun: (() => void) | undefined;
    accounts.answer = () => {
      begun?.();
      return new Promise<TestAccount>((end) => ends.push(end));
    };
    const startLoad = async () => {
      const hasBegun = new Promise<void>((resolve) => (begun = resolve));
      const answer = get('/required', alice).then(({ body }) => body as object);
      await hasBegun;
      return { answer };
    };
    const hanging = await startLoad();
    clock.mockReturnValue(performance.now() + 10_000);
    const later = await startLoad();
    ends[0]?.({ id: 'late' });
    await expect(hanging.answer).resolves.toEqual({ id: 'late' });
    ends[1]?.({ id: 'own' });
    await expect(later.answer).resolves.toEqual({ id: 'own' });
    expect(accounts.loaded).toHaveLength(2);
  });
});
