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
import { decorateHandler } from '../../support/routes.js';
import { accountOf, Accounts, type TestAccount } from './accounts.js';

/** A route that takes the account, under these decorators. */
function routeWith(parameter: ParameterDecorator, ...decorators: MethodDecorator[]): Type {
  class AccountController {
    show(account: TestAccount | null) {
      return { account };
    }
  }
  parameter(AccountController.prototype, 'show', 0);
  decorateHandler(AccountController, 'show', Get('account'), ...decorators);
  Controller()(AccountController);
  return AccountController;
}

const required = routeWith(CurrentAccount(), RequireUser());
const ifAny = CurrentAccount({ optional: true });

const start = (controllers: Type[], options: object = {}, providers: Type[] = [Accounts]) =>
  startGuarded({ controllers, providers }, { account: Accounts, ...options });

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

const accountOfFactory = PropelAuthModule.forRootAsync({
  useFactory: () => ({ ...issuer.moduleOptions, account: Accounts }) as never,
});
const withAccount = (account: unknown, ...providers: Type[]) =>
  start([required], { account }, providers);
const needsOption = /account.*needs the option account\. Add account: Accounts/;

describe('Startup fails', () => {
  it.each<[string, () => ReturnType<typeof startGuarded>, RegExp]>([
    [
      'for an instance',
      () => withAccount(new Accounts(), Accounts),
      /^account is not a class\. Set it to/,
    ],
    ['for a name', () => withAccount('Accounts', Accounts), /^account is not a class/],
    ['for null', () => withAccount(null, Accounts), /^account is not a class/],
    ['for false', () => withAccount(false, Accounts), /^account is not a class/],
    [
      'without a provider',
      () => withAccount(Accounts),
      /^account names Accounts, .* Add it to the providers/,
    ],
    [
      'for request scope',
      () => withAccount(PerRequest, PerRequest),
      /^account names PerRequest, .* request/,
    ],
    ['for transient scope', () => withAccount(Transient, Transient), /^account names Transient/],
    [
      'for injected request scope',
      () => withAccount(WithRequestScope, PerRequest, WithRequestScope),
      /request/,
    ],
    [
      'without load()',
      () => withAccount(WithoutLoad, WithoutLoad),
      /^account names WithoutLoad.* Add load\(caller\)/,
    ],
    [
      'for the account of a factory',
      () => startApplication({ imports: [accountOfFactory], providers: [Accounts] }),
      /account .*Move it next to useFactory/,
    ],
    [
      'for @CurrentAccount() without the option',
      () => start([required], { account: undefined }),
      needsOption,
    ],
    [
      'for an optional one without the option, with startupAudit "warn"',
      () => start([routeWith(ifAny, RequireUser())], { account: undefined, startupAudit: 'warn' }),
      needsOption,
    ],
    [
      'for one in a resolver without the option',
      () => startGuarded({ imports: [graphqlModule()], providers: [AccountResolver] }),
      /AccountResolver\.account.*needs the option account/,
    ],
    [
      'for one under @Public()',
      () => start([routeWith(CurrentAccount(), Public())]),
      /Use @RequireUser\(\), or @OptionalUser/,
    ],
    [
      'for one without a rule',
      () => start([routeWith(CurrentAccount())]),
      /without an access rule\. Add @RequireUser\(\)/,
    ],
    [
      'for one that is required under @OptionalUser()',
      () => start([routeWith(CurrentAccount(), OptionalUser())]),
      /Use @CurrentAccount\(\{ optional: true \}\)/,
    ],
    [
      'for one that is optional under @Public()',
      () => start([routeWith(ifAny, Public())]),
      /never has a value under @Public\(\)/,
    ],
  ])('%s', async (_what, starting, expected) => {
    const failure = await failureOf(starting());
    expect(failure).toBeInstanceOf(PropelAuthConfigurationError);
    expect((failure as Error).message).toMatch(expected);
  });
});

it('The option account stands beside useFactory, and finds the class in any module, and what a test overrides it with', async () => {
  class AccountsModule {}
  const propelAuth = PropelAuthModule.forRootAsync({
    useFactory: () => issuer.moduleOptions,
    account: Accounts,
  });
  const account = { id: 'fake' };
  const { url } = await startApplication(
    {
      imports: [propelAuth, { module: AccountsModule, providers: [Accounts] }],
      controllers: [required],
    },
    undefined,
    (builder) => builder.overrideProvider(Accounts).useValue({ load: () => account }),
  );
  await request(url, alice).get('/account').expect(200, { account });
});

describe('An account that is required', () => {
  it.each<[string, MethodDecorator[]]>([
    ['@Public()', [Public()]],
    ['no rule', []],
  ])('keeps out callers without one under %s, if startup only warns', async (_name, rules) => {
    const { url, app } = await start([routeWith(CurrentAccount(), ...rules)], {
      startupAudit: 'warn',
    });
    await request(url).get('/account').expect(500);
    expect(app.get(Accounts).loaded).toEqual([]);
  });

  it('is so without a decorator under requireUserByDefault, and where the parameters are inherited', async () => {
    class Inheriting extends (required as Type<{ show(account: TestAccount): object }>) {
      override show(account: TestAccount) {
        return { account };
      }
    }
    decorateHandler(Inheriting, 'show', Get('inherited'));
    Controller()(Inheriting);
    const byDefault = { requireUserByDefault: true, debugMode: true };
    const { url, app } = await start([routeWith(CurrentAccount()), Inheriting], byDefault);
    app.get(Accounts).answer = () => null;
    for (const path of ['/account', '/inherited']) {
      const { body } = await request(url, alice).get(path).expect(403);
      expect(body).toMatchObject({ reason: 'account_missing' });
    }
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
