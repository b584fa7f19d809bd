import {
  Controller,
  ForbiddenException,
  Get,
  HttpException,
  Injectable,
  type CanActivate,
  type ExecutionContext,
  type PipeTransform,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  CurrentAccount,
  getCurrentAccount,
  OptionalUser,
  orgFromArgs,
  PropelAuthGuard,
  PropelAuthModule,
  RequireApiKey,
  RequireOrgMember,
  RequireOrgRole,
  RequireUser,
  type AccessDecisionEvent,
} from 'nestjs-propelauth';
import { expectAccess } from 'nestjs-propelauth/testing';
import type { TestUser } from 'nestjs-propelauth/testing';
import supertest from 'supertest';
import { startMatrixApplication } from '../../support/access-matrix.js';
import { beforeTests, startApplication } from '../../support/application.js';
import { graphqlModule, send } from '../../support/graphql.js';
import { issuer, request, startGuarded } from '../../support/guarded-application.js';
import {
  ACME,
  ACME_ID,
  alice,
  carol,
  GLOBEX,
  GLOBEX_ID,
  headersOf,
  userIn,
} from '../../support/project.js';
import { connectSocketIo } from '../../support/websockets.js';
import { accountOf, Accounts, type TestAccount } from './accounts.js';

let handled = 0;
let piped: unknown;

/** A pipe of the application gets the loaded account as the value of the parameter. */
const seeing: PipeTransform = {
  transform(value: unknown, { type, metatype }) {
    if (type === 'custom') piped = { value, metatype };
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

  @Get('optional')
  @RequireUser()
  optional(@CurrentAccount({ optional: true }) account: TestAccount | null) {
    handled++;
    return { account };
  }

  @Get('id')
  @RequireUser()
  id(
    @CurrentAccount('id') id: string,
    @CurrentAccount('id', { optional: true }) idIfAny: string | undefined,
  ) {
    handled++;
    return { id, idIfAny };
  }

  @Get('id-if-any')
  @OptionalUser()
  idIfAny(@CurrentAccount('id', { optional: true }) id: string | undefined) {
    return { isUndefined: id === undefined };
  }

  @Get('orgs/:orgId/admins')
  @RequireOrgRole('Admin')
  admins() {
    return {};
  }
}

@Resolver()
class NamesResolver {
  @Query(() => String)
  @RequireOrgMember({ org: orgFromArgs() })
  name(@Args('orgId') _orgId: string, @CurrentAccount('id') accountId: string) {
    return accountId;
  }

  @Mutation(() => String)
  @RequireUser()
  rename(@CurrentAccount() account: TestAccount) {
    return account.id;
  }
}

@WebSocketGateway()
class AccountsGateway {
  @SubscribeMessage('me')
  @RequireUser()
  me(@CurrentAccount() account: TestAccount) {
    return { event: 'me', data: account.id };
  }
}

const events: AccessDecisionEvent[] = [];
const metadata = { controllers: [AccountsController], providers: [Accounts] };

const application = beforeTests(() =>
  startGuarded(
    {
      imports: [graphqlModule()],
      controllers: [AccountsController],
      providers: [NamesResolver, AccountsGateway, Accounts],
    },
    { account: Accounts, onDecision: (event) => events.push(event) },
    (app) => app.useGlobalPipes(seeing),
  ),
);
let accounts: Accounts;

beforeEach(() => {
  accounts = application.app.get(Accounts);
  accounts.loaded.length = 0;
  accounts.answer = accountOf;
  events.length = 0;
  handled = 0;
});

const get = (path: string, user: TestUser | null = alice) =>
  request(application.url, user).get(path);
const ask = async (query: string, user = alice) =>
  send(application, query, await headersOf(issuer, user));

const id = `account of ${alice.userId}`;

describe('@CurrentAccount()', () => {
  it('injects what the application loads for the caller, which pipes see without a type', async () => {
    await get('/required').expect(200, { id });
    expect(accounts.loaded).toEqual([
      expect.objectContaining({
        kind: 'user',
        userId: alice.userId,
        user: expect.objectContaining({ email: alice.email }) as unknown,
      }),
    ]);
    expect(piped).toEqual({ value: { id }, metatype: Object });
    await get('/id').expect(200, { id, idIfAny: id });
  });

  it('rejects a caller without an account, or is null or undefined where it is optional', async () => {
    accounts.answer = () => null;
    await get('/required').expect(403);
    await get('/id').expect(403);
    expect(handled).toBe(0);
    await get('/optional').expect(200, { account: null });
    await get('/id-if-any').expect(200, { isUndefined: true });
    await get('/id-if-any', null).expect(200, { isUndefined: true });
  });

  it('is null if a test overrides the guard, and 500 where it is required', async () => {
    const { app, url } = await startApplication(
      {
        imports: [PropelAuthModule.forRoot({ ...issuer.moduleOptions, account: Accounts })],
        ...metadata,
      },
      undefined,
      (builder) => builder.overrideProvider(PropelAuthGuard).useValue({ canActivate: () => true }),
    );
    await supertest(url).get('/optional').expect(200, { account: null });
    await supertest(url).get('/required').expect(500);
    expect(app.get(Accounts).loaded).toEqual([]);
  });
});

function thrower(error: unknown): () => never {
  return () => {
    throw error;
  };
}

describe('A load that goes wrong is never access', () => {
  const failing = new Error('The database is down');

  it.each<[string, () => unknown, number, string]>([
    ['throws', thrower(failing), 500, 'Internal server error'],
    ['rejects', () => Promise.reject(failing), 500, 'Internal server error'],
    ['throws nothing', thrower(undefined), 500, 'Internal server error'],
    ['throws a string', thrower('down'), 500, 'Internal server error'],
    ['throws a 403 of the application', thrower(new ForbiddenException('Blocked')), 403, 'Blocked'],
    ['throws a 402 of the application', thrower(new HttpException('Pay', 402)), 402, 'Pay'],
    ['returns something else', () => true, 500, 'Internal server error'],
  ])('%s', async (_what, answer, status, message) => {
    accounts.answer = answer;
    const { body } = await get('/required').expect(status);
    expect(body.message ?? body).toBe(message);
    await get('/optional').expect(status);
    expect(handled).toBe(0);
    expect(events[0]).toMatchObject({ allowed: false, reason: 'error', userId: alice.userId });
  });
});

/** What each place was told. */
let told: Record<string, unknown> = {};

async function tell(place: string, context: ExecutionContext): Promise<void> {
  try {
    told[place] = await getCurrentAccount(context);
  } catch (error) {
    told[place] = (error as Error).message;
  }
}

/** Asks before ours, decides by ours, and lets everyone in. */
@Injectable()
class ForgivingGuard implements CanActivate {
  constructor(private readonly guard: PropelAuthGuard) {}

  async canActivate(context: ExecutionContext) {
    await tell('before the guard', context);
    await Promise.resolve(this.guard.canActivate(context)).catch(() => {});
    await tell('after the rejection', context);
    return true;
  }
}

@Controller()
class SourcesController {
  @Get('org')
  @RequireOrgRole('Admin', {
    async org(context) {
      await tell('organization source', context);
      return { orgId: ACME_ID };
    },
  })
  show() {
    return {};
  }
}

it('No account can be asked for before the guard has decided, nor is one loaded after a rejection', async () => {
  told = {};
  const providers = [Accounts, { provide: APP_GUARD, useClass: ForgivingGuard }];
  const { url, app } = await startGuarded(
    { controllers: [SourcesController], providers },
    { account: Accounts },
  );
  await request(url, carol).get('/org').expect(403);
  const message = expect.stringMatching(/getCurrentAccount\(\) was called before/) as unknown;
  expect(told).toEqual({
    'before the guard': message,
    'organization source': message,
    'after the rejection': null,
  });
  expect(app.get(Accounts).loaded).toEqual([]);
});

describe('Accounts are loaded', () => {
  it('once for the fields of one operation that are about one organization', async () => {
    accounts.answer = async ({ userId }, org) => ({ id: `${userId} in ${org?.orgId}` });
    const user = userIn('alice', { ...ACME, role: 'Owner' }, { ...GLOBEX, role: 'Member' });
    const fields = [ACME_ID, GLOBEX_ID, ACME_ID].map(
      (orgId, index) => `field${index}: name(orgId: "${orgId}")`,
    );
    const { data } = await ask(`{ ${fields.join(' ')} }`, user);
    const [ofAcme, ofGlobex] = [ACME_ID, GLOBEX_ID].map((orgId) => `${user.userId} in ${orgId}`);
    expect(data).toEqual({ field0: ofAcme, field1: ofGlobex, field2: ofAcme });
    expect(accounts.loaded).toHaveLength(2);
  });

  it('for each mutation of one operation, which run one after the other', async () => {
    await ask('mutation { a: rename b: rename }');
    expect(accounts.loaded).toHaveLength(2);
  });

  it.each<[string, unknown]>([
    ['an object', { n: 1 }],
    ['a text', 'hello'],
    ['nothing', undefined],
  ])('for each message of a WebSocket: %s', async (_what, message) => {
    const auth = { token: await issuer.accessToken(alice) };
    const client = connectSocketIo(application, { auth });
    expect(await client.ask('me', message)).toEqual({ event: 'me', data: id });
    expect(await client.ask('me', message)).toEqual({ event: 'me', data: id });
    expect(accounts.loaded).toHaveLength(2);
  });

  it('never by toHold(), so that it creates no rows', async () => {
    @Controller()
    class KeysController {
      @Get('key')
      @RequireApiKey()
      key(@CurrentAccount() account: TestAccount) {
        return account;
      }
    }
    const { app } = await startMatrixApplication({
      module: { account: Accounts },
      controllers: [KeysController],
      providers: [Accounts],
    });
    await expectAccess(app).toHold();
    expect(app.get(Accounts).loaded).toEqual([]);
  });
});
