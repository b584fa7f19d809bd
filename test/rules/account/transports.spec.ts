import {
  Controller,
  Get,
  Injectable,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import {
  Args,
  Field,
  Mutation,
  ObjectType,
  Parent,
  Query,
  ResolveField,
  Resolver,
} from '@nestjs/graphql';
import { MessagePattern } from '@nestjs/microservices';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { McpController, Tool } from '@rekog/mcp-nest';
import {
  CurrentAccount,
  getCurrentAccount,
  orgFromArgs,
  PropelAuthModule,
  RequireApiKey,
  RequireOrgMember,
  RequireUser,
  RequireUserOrApiKey,
  type Caller,
} from 'nestjs-propelauth';
import { RequireScope } from 'nestjs-propelauth/mcp';
import { expectAccess } from 'nestjs-propelauth/testing';
import supertest from 'supertest';
import { startMatrixApplication } from '../../support/access-matrix.js';
import { beforeTests } from '../../support/application.js';
import { codesOf, graphqlModule, send } from '../../support/graphql.js';
import { issuer, startGuarded } from '../../support/guarded-application.js';
import { callOf, startMcpServer, textOf } from '../../support/mcp-nest.js';
import { startMicroservice } from '../../support/microservice.js';
import {
  ACME,
  ACME_ID,
  alice,
  bob,
  GLOBEX,
  GLOBEX_ID,
  headersOf,
  userIn,
} from '../../support/project.js';
import { connectSocketIo, exception } from '../../support/websockets.js';
import { accountOf, Accounts, holdUntil, type TestAccount } from './accounts.js';

const idOf = (userId: string) => `account of ${userId}`;
const idIn = ({ userId }: Pick<Caller, 'userId'>, orgId?: string) => `${userId} in ${orgId}`;

/** What a guard behind ours was told. */
const told: unknown[] = [];

@Injectable()
class AskingGuard implements CanActivate {
  async canActivate(context: ExecutionContext) {
    told.push(((await getCurrentAccount(context)) as TestAccount | null)?.id ?? null);
    return true;
  }
}

beforeEach(() => void (told.length = 0));

describe('In GraphQL', () => {
  @ObjectType()
  class Report {
    @Field()
    title!: string;
  }

  @Resolver(() => Report)
  class ReportsResolver {
    @Query(() => String)
    @RequireUser()
    me(@CurrentAccount() account: TestAccount, @Args('n', { nullable: true }) _n?: string) {
      return account.id;
    }

    @Query(() => String)
    @RequireUser()
    @UseGuards(AskingGuard)
    asked() {
      return 'asked';
    }

    @Query(() => Report)
    @RequireUser()
    report() {
      return { title: 'Report' };
    }

    @ResolveField(() => String)
    @RequireUser()
    author(@Parent() _report: Report, @CurrentAccount() account: TestAccount) {
      return account.id;
    }

    @Query(() => String)
    @RequireOrgMember({ org: orgFromArgs() })
    inOrg(@Args('orgId') orgId: string, @CurrentAccount('id') id: string) {
      return `${orgId}: ${id}`;
    }

    @ResolveField(() => String)
    @RequireOrgMember({ org: orgFromArgs() })
    ofOrg(@Args('orgId') orgId: string, @CurrentAccount('id') id: string) {
      return `${orgId}: ${id}`;
    }

    @Mutation(() => String)
    @RequireUser()
    rename(@CurrentAccount() account: TestAccount) {
      return account.id;
    }
  }

  const application = beforeTests(() =>
    startGuarded(
      {
        imports: [graphqlModule({ allowBatchedHttpRequests: true } as object)],
        providers: [ReportsResolver, Accounts],
      },
      { account: Accounts },
    ),
  );
  let accounts: Accounts;
  beforeEach(() => {
    jest.restoreAllMocks();
    accounts = application.app.get(Accounts);
    accounts.loaded.length = 0;
    accounts.answer = accountOf;
  });

  it('fields of one operation share a load, also under an alias and with arguments', async () => {
    holdUntil(application.app, 4);
    const { data } = await send(
      application,
      '{ me one: me two: me(n: "2") three: me(n: "3") }',
      await headersOf(issuer, alice),
    );
    const id = idOf(alice.userId);
    expect(data).toEqual({ me: id, one: id, two: id, three: id });
    expect(accounts.loaded).toHaveLength(1);
  });

  it('a field with a rule gets the account, and so does a guard', async () => {
    const { data } = await send(
      application,
      '{ report { title author } asked }',
      await headersOf(issuer, alice),
    );
    expect(data).toMatchObject({ report: { author: idOf(alice.userId) } });
    expect(told).toEqual([idOf(alice.userId)]);
  });

  it('mutations of one operation, which run one after the other, each have their own', async () => {
    await send(application, 'mutation { a: rename b: rename }', await headersOf(issuer, alice));
    expect(accounts.loaded).toHaveLength(2);
  });

  it('operations of a batch share a load', async () => {
    holdUntil(application.app, 50);
    const { body } = await supertest(application.url)
      .post('/graphql')
      .set(await headersOf(issuer, alice))
      .send(Array.from({ length: 50 }, () => ({ query: '{ me }' })))
      .expect(200);
    const id = idOf(alice.userId);
    expect(body).toEqual(Array.from({ length: 50 }, () => ({ data: { me: id } })));
    expect(accounts.loaded).toHaveLength(1);
  });

  it('are never mixed between organizations and callers, whose concurrent calls share a load in one organization', async () => {
    const callers = ['one', 'two'].map((name) =>
      userIn(name, { ...ACME, role: 'Owner' }, { ...GLOBEX, role: 'Member' }),
    );
    const orgIds = [ACME_ID, GLOBEX_ID];
    // The loads end when 20 operations have asked under four aliases each.
    let loadedTogether: number | undefined;
    holdUntil(application.app, 80, (caller, org) => {
      loadedTogether ??= accounts.loaded.length;
      return { id: idIn(caller, org?.orgId) };
    });
    const fields = ['inOrg', 'ofOrg'].map((field) =>
      ['a', 'b', 'c', 'd']
        .map((alias, index) => `${alias}: ${field}(orgId: "${orgIds[index % 2]}")`)
        .join(' '),
    );
    const query = `{ ${fields[0]} report { ${fields[1]} } }`;
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, index) =>
        send(application, query, await headersOf(issuer, callers[index % 2]!)),
      ),
    );
    expect(answers.map(({ data }) => data)).toEqual(
      answers.map((_answer, index) => {
        const [a, b] = orgIds.map((orgId) => `${orgId}: ${idIn(callers[index % 2]!, orgId)}`);
        return { a, b, c: a, d: b, report: { a, b, c: a, d: b } };
      }),
    );
    expect(loadedTogether).toBe(4);
  });

  it('a caller without an account gets an error, and an unauthenticated one causes no load', async () => {
    expect(codesOf(await send(application, '{ me }'))).toEqual(['UNAUTHENTICATED']);
    expect(accounts.loaded).toEqual([]);
    accounts.answer = () => null;
    const answer = await send(application, '{ me }', await headersOf(issuer, alice));
    expect(codesOf(answer)).toEqual(['FORBIDDEN']);
  });
});

describe('Over WebSockets', () => {
  @WebSocketGateway()
  class AccountsGateway {
    @SubscribeMessage('me')
    @RequireUser()
    @UseGuards(AskingGuard)
    me(@CurrentAccount() account: TestAccount) {
      return { event: 'me', data: account.id };
    }
  }

  const application = beforeTests(() =>
    startGuarded({ providers: [AccountsGateway, Accounts] }, { account: Accounts }),
  );
  const connect = async (user: typeof alice | null) =>
    connectSocketIo(application, {
      auth: user === null ? {} : { token: await issuer.accessToken(user) },
    });
  let accounts: Accounts;
  beforeEach(() => {
    accounts = application.app.get(Accounts);
    accounts.loaded.length = 0;
    accounts.answer = accountOf;
  });

  it.each<[string, unknown]>([
    ['an object', { n: 1 }],
    ['a text', 'hello'],
    ['a number', 7],
    ['nothing', undefined],
  ])('each message has its own load: %s', async (_what, message) => {
    const client = await connect(alice);
    expect(await client.ask('me', message)).toEqual({ event: 'me', data: idOf(alice.userId) });
    expect(await client.ask('me', message)).toEqual({ event: 'me', data: idOf(alice.userId) });
    expect(accounts.loaded).toHaveLength(2);
    expect(told).toEqual([idOf(alice.userId), idOf(alice.userId)]);
  });

  it.each<[string, unknown]>([
    ['an object', { n: 1 }],
    ['a text', 'hello'],
  ])('a message is rejected once there is no account any more: %s', async (_what, message) => {
    const client = await connect(alice);
    await client.ask('me', message);
    accounts.answer = () => null;
    expect(await client.ask('me', message)).toMatchObject(exception('account_required', 'me'));
  });

  it('a message without a token is rejected without a load', async () => {
    const client = await connect(null);
    expect(await client.ask('me')).toMatchObject(exception('token_missing', 'me'));
    expect(accounts.loaded).toEqual([]);
  });
});

describe('Over TCP', () => {
  const accounts = new Accounts();

  @Controller()
  class AccountsMessages {
    @MessagePattern('me')
    @RequireUser()
    @UseGuards(AskingGuard)
    me(@CurrentAccount() account: TestAccount) {
      return account.id;
    }
  }

  it('a message handler gets the account, and rejects callers without one', async () => {
    const client = await startMicroservice({
      imports: [
        PropelAuthModule.forRoot({
          ...issuer.moduleOptions,
          account: Accounts,
          tokenSource: (context) =>
            context.switchToRpc().getData<{ accessToken?: string }>().accessToken,
        }),
      ],
      controllers: [AccountsMessages],
      providers: [{ provide: Accounts, useValue: accounts }],
    });
    expect(await client.rejectionOf('me', {})).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(accounts.loaded).toEqual([]);
    const accessToken = await issuer.accessToken(alice);
    expect(await client.send('me', { accessToken })).toBe(idOf(alice.userId));
    expect(told).toEqual([idOf(alice.userId)]);
    expect(accounts.loaded).toHaveLength(1);
    accounts.answer = () => null;
    expect(await client.rejectionOf('me', { accessToken })).toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('For MCP clients', () => {
  @McpController()
  class AccountTools {
    @Tool({ name: 'me', description: 'With a rule and an account.' })
    @RequireScope('read:reports')
    me(@CurrentAccount() account: TestAccount) {
      return account.id;
    }
  }

  it('a tool gets the account of the user of the token, which is loaded once per call', async () => {
    const server = await startMcpServer([AccountTools], {
      metadata: { providers: [Accounts] },
      options: { account: Accounts },
    });
    const accounts = server.app.get(Accounts);
    const token = server.token(alice, ['read:reports']);
    const { body } = await server.send(callOf('me'), { token });
    expect(textOf(body)).toBe(JSON.stringify(idOf(alice.userId)));
    expect(accounts.loaded).toEqual([
      expect.objectContaining({ kind: 'mcp', userId: alice.userId }),
    ]);
    expect(await server.send(callOf('me'), { token: server.token(alice) })).toMatchObject({
      status: 403,
    });
    expect(await server.send(callOf('me'))).toMatchObject({ status: 401 });
    expect(accounts.loaded).toHaveLength(1);
    accounts.answer = () => null;
    const rejected = await server.send(callOf('me'), { token });
    expect(JSON.stringify(rejected.body)).not.toContain('account of');
  });
});

@Controller()
class KeysController {
  @Get('key')
  @RequireApiKey()
  key(@CurrentAccount() account: TestAccount) {
    return account;
  }

  @Get('either')
  @RequireUserOrApiKey()
  either(@CurrentAccount() account: TestAccount) {
    return account;
  }
}

describe('For API keys', () => {
  it('the account is that of the owner, and a key shares no load with its user', async () => {
    const { app, emulator } = await startMatrixApplication({
      module: { account: Accounts },
      controllers: [KeysController],
      providers: [Accounts],
    });
    const accounts = app.get(Accounts);
    emulator.addUser(alice);
    emulator.addUser(bob);
    const key = emulator.createApiKey({ userId: alice.userId });
    const server = supertest(app.getHttpServer());
    await server.get('/key').set('X-API-Key', 'unknown-key').expect(401);
    expect(accounts.loaded).toEqual([]);
    await server
      .get('/key')
      .set('X-API-Key', key)
      .expect(200, { id: idOf(alice.userId) });
    expect(accounts.loaded).toEqual([
      expect.objectContaining({ kind: 'api-key', userId: alice.userId }),
    ]);
    accounts.loaded.length = 0;
    holdUntil(app, 2, ({ kind }) => ({ id: kind }));
    const authorization = await emulator.issuer.authorization(alice);
    const answers = await Promise.all([
      server.get('/either').set('X-API-Key', key),
      server.get('/either').set('Authorization', authorization),
    ]);
    expect(answers.map(({ body }) => body as object)).toEqual([{ id: 'api-key' }, { id: 'user' }]);
  });
});

describe('toHold()', () => {
  it('loads no accounts, so that it creates no rows', async () => {
    const { app } = await startMatrixApplication({
      module: { account: Accounts },
      controllers: [KeysController],
      providers: [Accounts],
    });
    await expectAccess(app).toHold();
    expect(app.get(Accounts).loaded).toEqual([]);
  });
});
