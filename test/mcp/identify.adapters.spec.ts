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
import { McpPropelAuth, mcpUser } from '../support/mcp.js';
import { ACME, ACME_ID } from '../support/project.js';
import { CLIENT_ID } from '../support/mcp-options.js';

const alice = mcpUser('alice', { ...ACME, role: 'Owner' });

/** What was seen before the guard decided, and after it. */
const before: { caller: Caller | null; key: string }[] = [];
const after: ((typeof before)[number] & { user: unknown; token: unknown; annotated: unknown })[] =
  [];

@Injectable()
class SeeingGuard implements CanActivate {
  constructor(private readonly propelAuth: PropelAuthService) {}

  async canActivate(context: ExecutionContext) {
    const key = await this.propelAuth.callerKey(context);
    before.push({ key, caller: await this.propelAuth.identify(context) });
    return true;
  }
}

@Injectable()
class SeeingInterceptor implements NestInterceptor {
  constructor(private readonly propelAuth: PropelAuthService) {}

  async intercept(context: ExecutionContext, next: CallHandler) {
    after.push({
      caller: await this.propelAuth.identify(context),
      key: await this.propelAuth.callerKey(context),
      user: getCurrentUser(context),
      token: getCurrentMcpToken(context),
      annotated: context.switchToHttp().getRequest<{ user?: unknown }>().user,
    });
    return next.handle();
  }
}

@Controller()
class ReportsController {
  @Get('mcp')
  @RequireMcpToken()
  mcp() {}

  @Get('scope')
  @RequireScope('write:reports')
  scope() {}

  @Get('me')
  @RequireMcpToken()
  me(@CurrentUser('userId') userId: string) {
    return { userId };
  }

  @Get('user')
  @RequireUser()
  user() {}

  @Get('optional')
  @OptionalUser()
  optional() {}

  @Get('either')
  @RequireUserOrApiKey()
  either() {}

  @Get('key')
  @RequireApiKey()
  key() {}

  @Get('public')
  @Public()
  public() {}

  @Get('open')
  open() {}
}

const propelAuth = await McpPropelAuth.start();
const application = await startApplication({
  imports: [PropelAuthModule.forRoot(propelAuth.moduleOptions)],
  controllers: [ReportsController],
  providers: [
    { provide: APP_GUARD, useClass: SeeingGuard },
    { provide: APP_INTERCEPTOR, useClass: SeeingInterceptor },
  ],
});

const get = (path: string, token: string) =>
  supertest(application.url).get(path).auth(token, { type: 'bearer' });

const ip = expect.stringMatching(/^ip:/) as unknown;

beforeEach(() => {
  propelAuth.reset();
  before.length = 0;
  after.length = 0;
});

describe('PropelAuthService.identify() of an MCP client', () => {
  const ofAlice = {
    kind: 'mcp',
    userId: alice.userId,
    orgId: ACME_ID,
    mcp: { userId: alice.userId, clientId: CLIENT_ID, orgId: ACME_ID },
  };

  it('returns the token before and after the guard, with one introspection request', async () => {
    const token = propelAuth.token(alice);
    await get('/mcp', token).expect(200);
    expect(before).toMatchObject([{ caller: ofAlice }]);
    expect(after).toMatchObject([{ caller: ofAlice }]);
    expect(before[0]?.caller).not.toHaveProperty('user');
    expect(propelAuth.asked).toEqual([token]);
    expect(propelAuth.askedUsers).toEqual([]);
    expect(JSON.stringify([before, after])).not.toContain(token);
  });

  it('also returns the user if the handler injects the user', async () => {
    await get('/me', propelAuth.token(alice)).expect(200, { userId: alice.userId });
    for (const { caller } of [...before, ...after]) {
      expect(caller).toMatchObject({ ...ofAlice, user: { userId: alice.userId } });
    }
    expect(propelAuth.askedUsers).toEqual([alice.userId]);
  });

  it('returns a token without the scope before the guard rejects it', async () => {
    await get('/scope', propelAuth.token(alice, ['read:reports'])).expect(403);
    expect(before).toMatchObject([{ caller: ofAlice }]);
    expect(after).toEqual([]);
  });

  it.each(['unknown', '', 'a.b.c'])(
    'returns null for a token that is not active: %j',
    async (text) => {
      await get('/mcp', text).expect(401);
      expect(before).toEqual([{ caller: null, key: ip }]);
    },
  );

  it('returns null for API keys and users’ access tokens on handlers for MCP clients', async () => {
    propelAuth.apiKeys.set('key', {
      status: 200,
      body: { user: { user_id: alice.userId, email: 'a@b.c' } },
    });
    await supertest(application.url).get('/mcp').set('X-API-Key', 'key').expect(401);
    await get('/mcp', await issuer.accessToken(alice)).expect(401);
    expect(before.map(({ caller }) => caller)).toEqual([null, null]);
    expect(propelAuth.askedKeys).toEqual([]);
  });

  it('rejects while PropelAuth is unreachable', async () => {
    propelAuth.failure = { status: 500 };
    await get('/mcp', propelAuth.token(alice)).expect(503);
    expect(before).toEqual([]);
  });

  it.each(['user', 'optional', 'either', 'key', 'public', 'open'])(
    'returns null on handlers for other callers, without introspection: /%s',
    async (path) => {
      await get(`/${path}`, propelAuth.token(alice));
      expect(before).toEqual([{ caller: null, key: ip }]);
      expect(after.map(({ caller }) => caller).filter(Boolean)).toEqual([]);
      expect(propelAuth.asked).toEqual([]);
    },
  );
});

describe('PropelAuthService.callerKey() of an MCP client', () => {
  it('is that of the user once the token is cached, without a request to PropelAuth', async () => {
    const token = propelAuth.token(alice);
    await get('/mcp', token).expect(200);
    expect(before[0]?.key).toEqual(ip);
    expect(after[0]?.key).toBe(`user:${alice.userId}`);
    await get('/mcp', token).expect(200);
    expect(before[1]?.key).toBe(`user:${alice.userId}`);
    expect(propelAuth.asked).toEqual([token]);
  });

  it('is that of the address on handlers for other callers, even for a cached token', async () => {
    const token = propelAuth.token(alice);
    await get('/mcp', token).expect(200);
    await get('/public', token).expect(200);
    expect(before[1]?.key).toEqual(ip);
  });
});

describe('After the guard', () => {
  it('getCurrentMcpToken() returns the token, and getCurrentUser() returns null', async () => {
    await get('/mcp', propelAuth.token(alice)).expect(200);
    expect(after).toMatchObject([{ token: { userId: alice.userId }, user: null }]);
    expect(after[0]?.annotated).toBeUndefined();
  });

  it('getCurrentUser() and request.user return the user if the handler injects the user', async () => {
    await get('/me', propelAuth.token(alice)).expect(200);
    const [seen] = after;
    expect(seen?.user).toMatchObject({ userId: alice.userId });
    expect(seen?.annotated).toBe(seen?.user);
    expect(seen?.token).toMatchObject({ userId: alice.userId });
  });

  it('getCurrentMcpToken() returns null for other callers', async () => {
    await get('/user', await issuer.accessToken(alice)).expect(200);
    expect(after).toMatchObject([{ token: null, user: { userId: alice.userId } }]);
  });
});
