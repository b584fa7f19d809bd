import {
  Controller,
  Get,
  Injectable,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { Args, Field, Mutation, ObjectType, Query, ResolveField, Resolver } from '@nestjs/graphql';
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

const id = `account of ${alice.userId}`;

/** What a guard behind ours was told. */
const told: unknown[] = [];

@Injectable()
class AskingGuard implements CanActivate {
  async canActivate(context: ExecutionContext) {
    told.push(((await getCurrentAccount(context)) as TestAccount | null)?.id ?? null);
    return true;
  }
}

@ObjectType()
class Report {
  @Field()
  title!: string;
}

@Resolver(() => Report)
class ReportsResolver {
  @Query(() => String)
  @RequireUser()
  @UseGuards(AskingGuard)
  me(@CurrentAccount() account: TestAccount) {
    return account.id;
  }

  @Query(() => Report)
  @RequireUser()
  report() {
    return { title: 'Report' };
  }

  @Query(() => String)
  @RequireOrgMember({ org: orgFromArgs() })
  inOrg(@Args('orgId') orgId: string, @CurrentAccount('id') accountId: string) {
    return `${orgId}: ${accountId}`;
  }

  @ResolveField(() => String)
  @RequireOrgMember({ org: orgFromArgs() })
  ofOrg(@Args('orgId') orgId: string, @CurrentAccount('id') accountId: string) {
    return `${orgId}: ${accountId}`;
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
  @UseGuards(AskingGuard)
  me(@CurrentAccount() account: TestAccount) {
    return { event: 'me', data: account.id };
  }
}

const application = beforeTests(() =>
  startGuarded(
    { imports: [graphqlModule()], providers: [ReportsResolver, AccountsGateway, Accounts] },
    { account: Accounts },
  ),
);
let accounts: Accounts;

beforeEach(() => {
  told.length = 0;
  accounts = application.app.get(Accounts);
  accounts.loaded.length = 0;
  accounts.answer = accountOf;
});

const ask = async (query: string, user = alice) =>
  send(application, query, await headersOf(issuer, user));

describe('In GraphQL', () => {
  it('a field and a guard get the account', async () => {
    expect((await ask('{ me }')).data).toEqual({ me: id });
    expect(told).toEqual([id]);
  });

  it('mutations of one operation, which run one after the other, each have their own', async () => {
    await ask('mutation { a: rename b: rename }');
    expect(accounts.loaded).toHaveLength(2);
  });

  it('concurrent fields and operations share a load for each caller and organization', async () => {
    const callers = ['one', 'two'].map((name) =>
      userIn(name, { ...ACME, role: 'Owner' }, { ...GLOBEX, role: 'Member' }),
    );
    const orgIds = [ACME_ID, GLOBEX_ID];
    // The loads end when 20 operations have asked under four aliases each.
    let loadedTogether: number | undefined;
    holdUntil(application.app, 80, (caller, org) => {
      loadedTogether ??= accounts.loaded.length;
      return { id: `${caller.userId} in ${org?.orgId}` };
    });
    const fields = ['inOrg', 'ofOrg'].map((field) =>
      ['a', 'b', 'c', 'd']
        .map((alias, index) => `${alias}: ${field}(orgId: "${orgIds[index % 2]}")`)
        .join(' '),
    );
    const query = `{ ${fields[0]} report { ${fields[1]} } }`;
    const asked = Array.from({ length: 20 }, (_, index) => callers[index % 2]!);
    const answers = await Promise.all(asked.map((caller) => ask(query, caller)));
    expect(answers.map(({ data }) => data)).toEqual(
      asked.map(({ userId }) => {
        const [a, b] = orgIds.map((orgId) => `${orgId}: ${userId} in ${orgId}`);
        return { a, b, c: a, d: b, report: { a, b, c: a, d: b } };
      }),
    );
    expect(loadedTogether).toBe(4);
  });

  it('a caller without an account gets an error, and an unauthenticated one causes no load', async () => {
    expect(codesOf(await send(application, '{ me }'))).toEqual(['UNAUTHENTICATED']);
    expect(accounts.loaded).toEqual([]);
    accounts.answer = () => null;
    expect(codesOf(await ask('{ me }'))).toEqual(['FORBIDDEN']);
  });
});

describe('Over WebSockets', () => {
  it.each<[string, unknown]>([
    ['an object', { n: 1 }],
    ['a text', 'hello'],
    ['nothing', undefined],
  ])(
    'each message has its own load, and is rejected without an account: %s',
    async (_what, message) => {
      const auth = { token: await issuer.accessToken(alice) };
      const client = connectSocketIo(application, { auth });
      expect(await client.ask('me', message)).toEqual({ event: 'me', data: id });
      expect(await client.ask('me', message)).toEqual({ event: 'me', data: id });
      expect(accounts.loaded).toHaveLength(2);
      expect(told).toEqual([id, id]);
      accounts.answer = () => null;
      expect(await client.ask('me', message)).toMatchObject(exception('account_required', 'me'));
    },
  );

  it('a message without a token is rejected without a load', async () => {
    const client = connectSocketIo(application, { auth: {} });
    expect(await client.ask('me')).toMatchObject(exception('token_missing', 'me'));
    expect(accounts.loaded).toEqual([]);
  });
});

@Controller()
class AccountsMessages {
  @MessagePattern('me')
  @RequireUser()
  @UseGuards(AskingGuard)
  me(@CurrentAccount() account: TestAccount) {
    return account.id;
  }
}

describe('Over TCP', () => {
  it('a message handler gets the account, and rejects callers without one', async () => {
    const ofMessages = new Accounts();
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
      providers: [{ provide: Accounts, useValue: ofMessages }],
    });
    expect(await client.rejectionOf('me', {})).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(ofMessages.loaded).toEqual([]);
    const accessToken = await issuer.accessToken(alice);
    expect(await client.send('me', { accessToken })).toBe(id);
    expect(told).toEqual([id]);
    expect(ofMessages.loaded).toHaveLength(1);
    ofMessages.answer = () => null;
    expect(await client.rejectionOf('me', { accessToken })).toMatchObject({ code: 'FORBIDDEN' });
  });
});

@McpController()
class AccountTools {
  @Tool({ name: 'me', description: 'With a rule and an account.' })
  @RequireScope('read:reports')
  me(@CurrentAccount() account: TestAccount) {
    return account.id;
  }
}

describe('For MCP clients', () => {
  it('a tool gets the account of the user of the token, which is loaded once per call', async () => {
    const server = await startMcpServer([AccountTools], {
      metadata: { providers: [Accounts] },
      options: { account: Accounts },
    });
    const ofTools = server.app.get(Accounts);
    const token = server.token(alice, ['read:reports']);
    const { body } = await server.send(callOf('me'), { token });
    expect(textOf(body)).toBe(JSON.stringify(id));
    expect(ofTools.loaded).toMatchObject([{ kind: 'mcp', userId: alice.userId }]);
    const withoutScope = await server.send(callOf('me'), { token: server.token(alice) });
    expect(withoutScope.status).toBe(403);
    expect(ofTools.loaded).toHaveLength(1);
    ofTools.answer = () => null;
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

const startKeys = () =>
  startMatrixApplication({
    module: { account: Accounts },
    controllers: [KeysController],
    providers: [Accounts],
  });

describe('For API keys', () => {
  it('the account is that of the owner, and a key shares no load with its user', async () => {
    const { app, emulator } = await startKeys();
    const ofKeys = app.get(Accounts);
    emulator.addUser(alice);
    emulator.addUser(bob);
    const key = emulator.createApiKey({ userId: alice.userId });
    const server = supertest(app.getHttpServer());
    await server.get('/key').set('X-API-Key', 'unknown-key').expect(401);
    expect(ofKeys.loaded).toEqual([]);
    await server.get('/key').set('X-API-Key', key).expect(200, { id });
    expect(ofKeys.loaded).toMatchObject([{ kind: 'api-key', userId: alice.userId }]);
    holdUntil(app, 2, ({ kind }) => ({ id: kind }));
    const authorization = await emulator.issuer.authorization(alice);
    const answers = await Promise.all([
      server.get('/either').set('X-API-Key', key),
      server.get('/either').set('Authorization', authorization),
    ]);
    expect(answers.map(({ body }) => body as object)).toEqual([{ id: 'api-key' }, { id: 'user' }]);
  });

  it('toHold() loads none, so that it creates no rows', async () => {
    const { app } = await startKeys();
    await expectAccess(app).toHold();
    expect(app.get(Accounts).loaded).toEqual([]);
  });
});
