import {
  Controller,
  Get,
  Injectable,
  type CallHandler,
  type CanActivate,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import {
  CurrentUser,
  getCurrentUser,
  OptionalUser,
  PropelAuthModule,
  PropelAuthService,
  Public,
  RequireApiKey,
  RequireUser,
  RequireUserOrApiKey,
  type Caller,
} from 'nestjs-propelauth';
import { getCurrentMcpToken, RequireMcpToken, RequireScope } from 'nestjs-propelauth/mcp';
import supertest from 'supertest';
import { startApplication } from '../support/application.js';
import { issuer } from '../support/guarded-application.js';
import { CLIENT_ID } from '../support/mcp-options.js';
import { McpPropelAuth, mcpUser } from '../support/mcp.js';
import { ACME, ACME_ID } from '../support/project.js';
import { routeUnder } from '../support/routes.js';

const alice = mcpUser('alice', { ...ACME, role: 'Owner' });

interface Seen {
  readonly caller: Caller | null;
  readonly key: string;
}

interface SeenAfter extends Seen {
  readonly user: unknown;
  readonly token: unknown;
  readonly annotated: unknown;
}

/** What was seen before the guard decided, and after it. */
const before: Seen[] = [];
const after: SeenAfter[] = [];

@Injectable()
class Witness implements CanActivate, NestInterceptor {
  constructor(private readonly propelAuth: PropelAuthService) {}

  async canActivate(context: ExecutionContext) {
    before.push(await this.see(context));
    return true;
  }

  async intercept(context: ExecutionContext, next: CallHandler) {
    after.push({
      ...(await this.see(context)),
      user: getCurrentUser(context),
      token: getCurrentMcpToken(context),
      annotated: context.switchToHttp().getRequest<{ user?: unknown }>().user,
    });
    return next.handle();
  }

  private async see(context: ExecutionContext): Promise<Seen> {
    const key = await this.propelAuth.callerKey(context);
    return { key, caller: await this.propelAuth.identify(context) };
  }
}

@Controller()
class MeController {
  @Get('me')
  @RequireMcpToken()
  me(@CurrentUser('userId') userId: string) {
    return { userId };
  }
}

/** Routes for other callers than MCP clients, by their paths. */
const OTHERS: Record<string, MethodDecorator[]> = {
  user: [RequireUser()],
  optional: [OptionalUser()],
  either: [RequireUserOrApiKey()],
  key: [RequireApiKey()],
  public: [Public()],
  open: [],
};

const propelAuth = await McpPropelAuth.start();
const application = await startApplication({
  imports: [PropelAuthModule.forRoot(propelAuth.moduleOptions)],
  controllers: [
    MeController,
    routeUnder('mcp', RequireMcpToken()),
    routeUnder('scope', RequireScope('write:reports')),
    ...Object.entries(OTHERS).map(([path, decorators]) => routeUnder(path, ...decorators)),
  ],
  providers: [
    { provide: APP_GUARD, useClass: Witness },
    { provide: APP_INTERCEPTOR, useClass: Witness },
  ],
});

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

async function statusOf(path: string, token: string): Promise<number> {
  return (await supertest(application.url).get(path).set(bearer(token))).status;
}

const ip = expect.stringMatching(/^ip:/) as unknown;
const ofAlice = {
  kind: 'mcp',
  userId: alice.userId,
  orgId: ACME_ID,
  mcp: { userId: alice.userId, clientId: CLIENT_ID, orgId: ACME_ID },
};

beforeEach(() => {
  propelAuth.reset();
  before.length = 0;
  after.length = 0;
});

describe('An MCP client, before and after the guard', () => {
  it('is identified with one introspection request, without a user, and has the key of its user once the token is cached', async () => {
    const token = propelAuth.token(alice);
    for (let call = 0; call < 2; call++) expect(await statusOf('/mcp', token)).toBe(200);
    expect(before).toMatchObject([
      { caller: ofAlice, key: ip },
      { caller: ofAlice, key: `user:${alice.userId}` },
    ]);
    const known = { caller: ofAlice, token: ofAlice.mcp, user: null, annotated: undefined };
    expect(after).toMatchObject([known, known].map((one) => ({ ...one, key: before[1]?.key })));
    for (const { caller } of [...before, ...after]) expect(caller).not.toHaveProperty('user');
    expect([propelAuth.asked, propelAuth.askedUsers]).toEqual([[token], []]);
    expect(JSON.stringify([before, after])).not.toContain(token);
  });

  it('is identified with its user if the handler injects the user', async () => {
    expect(await statusOf('/me', propelAuth.token(alice))).toBe(200);
    for (const { caller } of [...before, ...after]) {
      expect(caller).toMatchObject({ ...ofAlice, user: { userId: alice.userId } });
    }
    const [seen] = after;
    expect(seen).toMatchObject({ user: { userId: alice.userId }, token: ofAlice.mcp });
    expect(seen?.annotated).toBe(seen?.user);
    expect(propelAuth.askedUsers).toEqual([alice.userId]);
  });

  it('is identified before the guard rejects it for a scope', async () => {
    expect(await statusOf('/scope', propelAuth.token(alice, ['read:reports']))).toBe(403);
    expect(before).toMatchObject([{ caller: ofAlice }]);
    expect(after).toEqual([]);
  });

  it('cannot be identified while PropelAuth is unreachable', async () => {
    propelAuth.failure = { status: 500 };
    expect(await statusOf('/mcp', propelAuth.token(alice))).toBe(503);
    expect(before).toEqual([]);
  });

  it.each(Object.keys(OTHERS))(
    'is nobody on handlers for other callers, without introspection, even with a cached token: /%s',
    async (path) => {
      const token = propelAuth.token(alice);
      await statusOf('/mcp', token);
      await statusOf(`/${path}`, token);
      expect(before[1]).toMatchObject({ caller: null, key: ip });
      expect(after.slice(1).filter(({ caller }) => caller !== null)).toEqual([]);
      expect(propelAuth.asked).toEqual([token]);
    },
  );
});

describe('On a handler for MCP clients, nobody is', () => {
  it.each<[string, () => Promise<Record<string, string>>]>([
    ['an unknown token', async () => bearer('unknown')],
    ['an empty token', async () => bearer('')],
    ['three parts that are no JWT', async () => bearer('a.b.c')],
    ['the access token of a user', async () => bearer(await issuer.accessToken(alice))],
    ['an API key', async () => ({ 'x-api-key': 'key' })],
  ])('%s', async (_what, headers) => {
    const user = { user_id: alice.userId, email: 'a@b.c' };
    propelAuth.apiKeys.set('key', { status: 200, body: { user } });
    const call = supertest(application.url)
      .get('/mcp')
      .set(await headers());
    expect((await call).status).toBe(401);
    expect(before).toMatchObject([{ caller: null, key: ip }]);
    expect(propelAuth.askedKeys).toEqual([]);
  });
});

describe('On a handler for users', () => {
  it('getCurrentMcpToken() returns null', async () => {
    expect(await statusOf('/user', await issuer.accessToken(alice))).toBe(200);
    expect(after).toMatchObject([{ token: null, user: { userId: alice.userId } }]);
  });
});
