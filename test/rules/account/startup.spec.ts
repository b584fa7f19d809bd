import { Controller, Get, Injectable, Scope, type Type } from '@nestjs/common';
import { Query, Resolver } from '@nestjs/graphql';
import {
  CurrentAccount,
  describeAccess,
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
import { alice } from '../../support/project.js';
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
const ifAny = CurrentAccount({ optional: true });

const start = (controllers: Type[], options: object = {}, providers: Type[] = [Accounts]) =>
  startGuarded({ controllers, providers }, { account: Accounts, ...options });

async function messageOfStart(starting: ReturnType<typeof startGuarded>): Promise<string> {
  const failure = await failureOf(starting);
  expect(failure).toBeInstanceOf(PropelAuthConfigurationError);
  return (failure as Error).message;
}

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

@Resolver()
class AccountResolver {
  @Query(() => String)
  @RequireUser()
  account(@CurrentAccount() account: TestAccount) {
    return account.id;
  }
}

describe('Startup fails for the option account', () => {
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
    expect(await messageOfStart(start([required], { account }, providers))).toMatch(expected);
  });

  it('returned by a factory', async () => {
    const module = PropelAuthModule.forRootAsync({
      useFactory: () => ({ ...issuer.moduleOptions, account: Accounts }) as never,
    });
    const starting = startApplication({ imports: [module], providers: [Accounts] });
    expect(await messageOfStart(starting)).toMatch(/account .*Move it next to useFactory/);
  });
});

describe('Startup fails for @CurrentAccount()', () => {
  const needsOption = /GET \/account.*needs the option account\. Add account: Accounts/;

  it.each<[string, Type, object, RegExp]>([
    ['without the option', required, { account: undefined }, needsOption],
    [
      'without the option, where it is optional, with startupAudit "warn"',
      routeWith(ifAny, RequireUser()),
      { account: undefined, startupAudit: 'warn' },
      needsOption,
    ],
    [
      'under @Public()',
      routeWith(CurrentAccount(), Public()),
      {},
      /Use @RequireUser\(\), or @OptionalUser/,
    ],
    [
      'without a rule',
      routeWith(CurrentAccount()),
      {},
      /without an access rule\. Add @RequireUser\(\)/,
    ],
    [
      'that is required under @OptionalUser()',
      routeWith(CurrentAccount(), OptionalUser()),
      {},
      /Use @CurrentAccount\(\{ optional: true \}\)/,
    ],
    [
      'that is optional under @Public()',
      routeWith(ifAny, Public()),
      {},
      /never has a value under @Public\(\)/,
    ],
  ])('%s', async (_where, controller, options, expected) => {
    expect(await messageOfStart(start([controller], options))).toMatch(expected);
  });

  it('in a resolver without the option', async () => {
    const metadata = { imports: [graphqlModule()], providers: [AccountResolver] };
    expect(await messageOfStart(startGuarded(metadata))).toMatch(
      /AccountResolver\.account.*needs the option account/,
    );
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
    const imports = [
      PropelAuthModule.forRoot({ ...issuer.moduleOptions, account: Accounts }),
      { module: AccountsModule, providers: [Accounts] },
    ];
    const account = { id: 'fake' };
    const { url } = await startApplication(
      { imports, controllers: [required] },
      undefined,
      (builder) => builder.overrideProvider(Accounts).useValue({ load: () => account }),
    );
    await request(url, alice).get('/account').expect(200, { account });
  });
});

describe('An account that is required', () => {
  it.each<[string, MethodDecorator[], number]>([
    ['@Public()', [Public()], 500],
    ['no rule', [], 500],
    ['@OptionalUser()', [OptionalUser()], 403],
  ])(
    'keeps out callers without one under %s, if startup only warns',
    async (_name, rules, status) => {
      const { url, app } = await start([routeWith(CurrentAccount(), ...rules)], {
        startupAudit: 'warn',
      });
      await request(url).get('/account').expect(status);
      expect(app.get(Accounts).loaded).toEqual([]);
    },
  );

  it('is so without a decorator under requireUserByDefault, which debugMode shows', async () => {
    const controller = routeWith(CurrentAccount());
    const { url, app } = await start([controller], { requireUserByDefault: true, debugMode: true });
    app.get(Accounts).answer = () => null;
    const { body } = await request(url, alice).get('/account').expect(403);
    expect(body).toMatchObject({ reason: 'account_missing' });
  });

  it('is so where the parameters are inherited', async () => {
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
    const { url, app } = await start([Inheriting]);
    app.get(Accounts).answer = () => null;
    await request(url, alice).get('/inherited').expect(403);
    app.get(Accounts).answer = accountOf;
    await request(url, alice).get('/inherited').expect(200);
  });

  it('is described, and not where it is optional', async () => {
    const admins = RequireOrgRole('Admin', { org: () => ({ orgId: 'acme' }) });
    const { app } = await start([
      routeWith(CurrentAccount(), admins),
      routeWith(ifAny, RequireUser()),
    ]);
    const [ofAdmins, ofUsers] = describeAccess(app);
    expect(ofAdmins?.rules['account']).toBe(true);
    expect(ofAdmins?.summary).toMatch(/, with account$/);
    expect([ofUsers?.rules, ofUsers?.summary]).toEqual([{}, 'user']);
  });
});
