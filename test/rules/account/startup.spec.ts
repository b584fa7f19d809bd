import {
  Controller,
  Get,
  Injectable,
  Scope,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
  type Type,
} from '@nestjs/common';
import { Query, Resolver } from '@nestjs/graphql';
import {
  CurrentAccount,
  describeAccess,
  getCurrentAccount,
  OptionalUser,
  PropelAuthConfigurationError,
  PropelAuthModule,
  Public,
  RequireOrgRole,
  RequireUser,
} from 'nestjs-propelauth';
import { failureOf, startApplication } from '../../support/application.js';
import { graphqlModule } from '../../support/graphql.js';
import { issuer, request, startGuarded } from '../../support/guarded-application.js';
import { alice, headersOf } from '../../support/project.js';
import { accountOf, Accounts, type TestAccount } from './accounts.js';

/** A route that takes the account, under these decorators. */
function routeWith(parameter: ParameterDecorator, ...decorators: MethodDecorator[]): Type {
  class AccountController {
    show(account: TestAccount | null) {
      return { account };
    }
  }
  const { prototype } = AccountController;
  const handler = Object.getOwnPropertyDescriptor(prototype, 'show') as PropertyDescriptor;
  parameter(prototype, 'show', 0);
  for (const decorate of [Get('account'), ...decorators]) decorate(prototype, 'show', handler);
  Controller()(AccountController);
  return AccountController;
}

const required = routeWith(CurrentAccount(), RequireUser());

async function messageOfStart(starting: ReturnType<typeof startGuarded>): Promise<string> {
  const failure = await failureOf(starting);
  expect(failure).toBeInstanceOf(PropelAuthConfigurationError);
  return (failure as Error).message;
}

describe('Startup fails, and names the fix, for the option account', () => {
  @Injectable({ scope: Scope.REQUEST })
  class PerRequest extends Accounts {}

  @Injectable({ scope: Scope.TRANSIENT })
  class Transient extends Accounts {}

  @Injectable()
  class WithRequestScope extends Accounts {
    constructor(readonly perRequest: PerRequest) {
      super();
    }
  }

  @Injectable()
  class WithoutLoad {}

  it.each<[string, unknown, Type[], RegExp]>([
    ['that is an instance', new Accounts(), [Accounts], /^account is not a class\. Set it to/],
    ['that is a name', 'Accounts', [Accounts], /^account is not a class/],
    ['that is null', null, [Accounts], /^account is not a class/],
    ['that is false', false, [Accounts], /^account is not a class/],
    ['without a provider', Accounts, [], /^account names Accounts, .* Add it to the providers/],
    ['with request scope', PerRequest, [PerRequest], /^account names PerRequest, .* request/],
    ['with transient scope', Transient, [Transient], /^account names Transient/],
    ['that injects request scope', WithRequestScope, [PerRequest, WithRequestScope], /request/],
    [
      'without load()',
      WithoutLoad,
      [WithoutLoad],
      /^account names WithoutLoad.* Add load\(caller\)/,
    ],
  ])('%s', async (_what, account, providers, expected) => {
    const starting = startGuarded(
      { controllers: [required], providers },
      { account: account as never },
    );
    expect(await messageOfStart(starting)).toMatch(expected);
  });

  it('returned by a factory', async () => {
    const module = PropelAuthModule.forRootAsync({
      useFactory: () => ({ ...issuer.moduleOptions, account: Accounts }) as never,
    });
    const starting = startApplication({ imports: [module], providers: [Accounts] });
    expect(await messageOfStart(starting)).toMatch(/account .*Move it next to useFactory/);
  });
});

describe('The option account', () => {
  it('stands beside useFactory', async () => {
    const module = PropelAuthModule.forRootAsync({
      useFactory: () => issuer.moduleOptions,
      account: Accounts,
    });
    const { url } = await startApplication({
      imports: [module],
      controllers: [required],
      providers: [Accounts],
    });
    const account = { id: `account of ${alice.userId}` };
    await request(url, alice).get('/account').expect(200, { account });
  });

  it('finds the class in any module, and what a test overrides it with', async () => {
    class AccountsModule {}
    const accounts = { module: AccountsModule, providers: [Accounts] };
    const { url } = await startApplication(
      {
        imports: [
          PropelAuthModule.forRoot({ ...issuer.moduleOptions, account: Accounts }),
          accounts,
        ],
        controllers: [required],
      },
      undefined,
      (builder) => builder.overrideProvider(Accounts).useValue({ load: () => ({ id: 'fake' }) }),
    );
    await request(url, alice)
      .get('/account')
      .expect(200, { account: { id: 'fake' } });
  });
});

describe('getCurrentAccount() without the option account', () => {
  it('throws, and names the fix', async () => {
    let told: unknown;
    @Injectable()
    class AskingGuard implements CanActivate {
      async canActivate(context: ExecutionContext) {
        told = await getCurrentAccount(context).catch((error: Error) => error.message);
        return true;
      }
    }
    @Controller()
    class AskingController {
      @Get('asked')
      @RequireUser()
      @UseGuards(AskingGuard)
      asked() {
        return {};
      }
    }
    const { url } = await startGuarded({ controllers: [AskingController] });
    await request(url, alice).get('/asked').expect(200);
    expect(told).toMatch(/no option account\. Set it to a class with load\(caller\)/);
  });
});

describe('Startup fails for @CurrentAccount()', () => {
  it.each(['error', 'warn'] as const)(
    'without the option account, with startupAudit %s',
    async (startupAudit) => {
      for (const parameter of [CurrentAccount(), CurrentAccount({ optional: true })]) {
        const controller = routeWith(parameter, RequireUser());
        const starting = startGuarded({ controllers: [controller] }, { startupAudit });
        expect(await messageOfStart(starting)).toMatch(
          /GET \/account.*@CurrentAccount\(\) needs the option account\. Add account: Accounts/,
        );
      }
    },
  );

  it('in a resolver without the option account', async () => {
    @Resolver()
    class AccountResolver {
      @Query(() => String)
      @RequireUser()
      account(@CurrentAccount() account: TestAccount) {
        return account.id;
      }
    }
    const metadata = { imports: [graphqlModule()], providers: [AccountResolver] };
    expect(await messageOfStart(startGuarded(metadata))).toMatch(
      /AccountResolver\.account.*needs the option account/,
    );
  });

  it.each<[string, ParameterDecorator, MethodDecorator[], RegExp]>([
    ['under @Public()', CurrentAccount(), [Public()], /Use @RequireUser\(\), or @OptionalUser/],
    ['without a rule', CurrentAccount(), [], /without an access rule\. Add @RequireUser\(\)/],
    [
      'that is required under @OptionalUser()',
      CurrentAccount(),
      [OptionalUser()],
      /Use @CurrentAccount\(\{ optional: true \}\)/,
    ],
    [
      'that is optional under @Public()',
      CurrentAccount({ optional: true }),
      [Public()],
      /never has a value under @Public\(\)/,
    ],
  ])('%s', async (_where, parameter, decorators, expected) => {
    const starting = startGuarded(
      { controllers: [routeWith(parameter, ...decorators)], providers: [Accounts] },
      { account: Accounts },
    );
    expect(await messageOfStart(starting)).toMatch(expected);
  });
});

describe('With startupAudit "warn", an account that is required', () => {
  it.each<[string, MethodDecorator[], number]>([
    ['@Public()', [Public()], 500],
    ['no rule', [], 500],
    ['@OptionalUser()', [OptionalUser()], 403],
  ])('keeps out callers without one under %s', async (_name, decorators, status) => {
    const { url, app } = await startGuarded(
      { controllers: [routeWith(CurrentAccount(), ...decorators)], providers: [Accounts] },
      { account: Accounts, startupAudit: 'warn' },
    );
    await request(url).get('/account').expect(status);
    expect(app.get(Accounts).loaded).toEqual([]);
  });
});

describe('A handler without a decorator, under requireUserByDefault', () => {
  it('requires the account, too', async () => {
    const { url, app } = await startGuarded(
      { controllers: [routeWith(CurrentAccount())], providers: [Accounts] },
      { account: Accounts, requireUserByDefault: true },
    );
    app.get(Accounts).answer = () => null;
    await request(url, alice).get('/account').expect(403);
  });
});

describe('A handler that inherits its parameters', () => {
  it('requires the account, too', async () => {
    class Inheriting extends (required as Type<{ show(account: TestAccount): object }>) {
      override show(account: TestAccount) {
        return { account };
      }
    }
    Get('inherited')(
      Inheriting.prototype,
      'show',
      Object.getOwnPropertyDescriptor(Inheriting.prototype, 'show') as PropertyDescriptor,
    );
    Controller()(Inheriting);
    const { url, app } = await startGuarded(
      { controllers: [Inheriting], providers: [Accounts] },
      { account: Accounts },
    );
    app.get(Accounts).answer = () => null;
    await request(url, alice).get('/inherited').expect(403);
    app.get(Accounts).answer = accountOf;
    await request(url, alice).get('/inherited').expect(200);
  });
});

describe('A required account is shown', () => {
  const controllers = [
    routeWith(CurrentAccount(), RequireOrgRole('Admin', { org: () => ({ orgId: 'acme' }) })),
  ];

  it('by describeAccess()', async () => {
    const { app } = await startGuarded(
      { controllers, providers: [Accounts] },
      { account: Accounts },
    );
    expect(describeAccess(app)).toMatchObject([
      { rules: { account: true }, summary: expect.stringMatching(/, with account$/) as unknown },
    ]);
  });

  it('not where it is optional', async () => {
    const { app } = await startGuarded(
      {
        controllers: [routeWith(CurrentAccount({ optional: true }), RequireUser())],
        providers: [Accounts],
      },
      { account: Accounts },
    );
    const [description] = describeAccess(app);
    expect(description?.summary).toBe('user');
    expect(description?.rules).toEqual({});
  });

  it('to clients with debugMode', async () => {
    const { url, app } = await startGuarded(
      { controllers: [required], providers: [Accounts] },
      { account: Accounts, debugMode: true },
    );
    app.get(Accounts).answer = () => null;
    const { body } = await request(url)
      .get('/account')
      .set(await headersOf(issuer, alice))
      .expect(403);
    expect(body).toMatchObject({ reason: 'account_missing' });
  });
});
