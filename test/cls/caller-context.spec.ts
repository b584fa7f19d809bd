import { Controller, Get, Injectable, type Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Query, Resolver } from '@nestjs/graphql';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { MessagePattern } from '@nestjs/microservices';
import { ClsService } from 'nestjs-cls';
import {
  OptionalUser,
  OrgMemberInfo,
  PropelAuthModule,
  PropelAuthUnauthorizedException,
  Public,
  RequireApiKey,
  RequireCaller,
  RequireOrgMember,
  RequireUser,
  RequireUserOrApiKey,
  type User,
} from 'nestjs-propelauth';
import { CallerContext, type CallerToRunAs } from 'nestjs-propelauth/cls';
import request from 'supertest';
import { Backend } from '../support/backend.js';
import { graphqlModule, send } from '../support/graphql.js';
import { issuer, startGuarded } from '../support/guarded-application.js';
import { startMicroservice } from '../support/microservice.js';
import { ACME, ACME_ID, alice, bob, headersOf } from '../support/project.js';
import { connectSocketIo } from '../support/websockets.js';
import { personalKey } from '../callers/api-key/api-keys.js';
import { SERVICE_TOKEN, ServiceTokens } from '../callers/own/kinds.js';
import { clsModule, inWords } from './places.js';

const moduleRef = await Test.createTestingModule({ imports: [clsModule()] }).compile();
const caller = moduleRef.get(CallerContext);
const user = issuer.user(alice);
const org = issuer.org({ ...ACME, role: 'Owner' });
const MEMBERS = ['kind', 'user', 'org', 'apiKey', 'mcp'] as const;

describe('CallerContext outside of a call', () => {
  it.each(MEMBERS)('throws an error that says why and what to do: %s', (member) => {
    expect(() => caller[member]).toThrow(
      new RegExp(
        `^CallerContext\\.${member} was used outside of a call.*CallerContext\\.run\\(\\).*fieldResolverEnhancers: ` +
          '\\["interceptors"\\].*Guards.*getCurrentUser\\(context\\).*PropelAuthClsPlugin',
        's',
      ),
    );
  });

  it.each(['requireUser', 'requireOrg'] as const)('throws the same error: %s()', (method) => {
    expect(() => caller[method]()).toThrow(/was used outside of a call/);
  });

  it('is not active', () => {
    expect(caller.isActive()).toBe(false);
  });
});

describe('CallerContext.run()', () => {
  it('runs a function as a user and an organization', () => {
    caller.run({ user, org }, () => {
      expect([caller.isActive(), caller.kind]).toEqual([true, 'user']);
      expect(caller.user).toBe(user);
      expect(caller.org).toBe(org);
      expect([caller.apiKey, caller.mcp]).toEqual([null, null]);
      expect(caller.requireUser()).toBe(user);
      expect(caller.requireOrg()).toBe(org);
    });
  });

  it.each<[string, CallerToRunAs]>([
    ['api-key', { apiKey: { metadata: {}, user: null } as never }],
    ['mcp', { mcp: { userId: 'u1', clientId: 'c1', scopes: [], expiresAt: 0 }, user }],
  ])('sets a caller of the kind %s', (kind, as) => {
    expect(caller.run(as, () => caller.kind)).toBe(kind);
  });

  it.each([null, {}, { user: null, org: undefined }] as CallerToRunAs[])(
    'runs a function as an unauthenticated caller: %p',
    (nobody) => {
      caller.run(nobody, () => {
        expect(caller.isActive()).toBe(true);
        expect(MEMBERS.map((member) => caller[member])).toEqual(MEMBERS.map(() => null));
      });
    },
  );

  it('gives no role or permission in an organization given by id, and freezes it', () => {
    caller.run({ org: { orgId: ACME_ID } }, () => {
      const scope = caller.requireOrg();
      expect(scope).toBeInstanceOf(OrgMemberInfo);
      expect(scope.orgId).toBe(ACME_ID);
      expect([scope.isRole('Member'), scope.isAtLeastRole('Member')]).toEqual([false, false]);
      expect(scope.hasPermission('can_view_reports')).toBe(false);
      expect(() => scope.userPermissions.push('can_view_reports')).toThrow(TypeError);
      expect(() => Object.assign(scope, { orgId: 'another' })).toThrow(TypeError);
    });
  });

  it('returns the result of the function, including a promise', async () => {
    expect(caller.run({ user }, () => 7)).toBe(7);
    const found = caller.run({ user }, async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return inWords(caller);
    });
    expect(inWords(caller)).toBe('outside');
    expect(await found).toBe(`user ${alice.userId}`);
  });

  it('rethrows errors, and restores the previous caller', async () => {
    const failure = new Error('The disk is full');
    const fail = () => {
      throw failure;
    };
    expect(() => caller.run({ user }, fail)).toThrow(failure);
    await expect(caller.run({ user }, async () => fail())).rejects.toBe(failure);
    expect(caller.isActive()).toBe(false);
  });

  it('runs a query that starts when it is awaited as the caller of an async function around it', async () => {
    // oxlint-disable-next-line unicorn/no-thenable -- as the queries of Prisma and Drizzle are
    const query = { then: (answer: (words: string) => void) => answer(inWords(caller)) };
    const lazy = () => query;
    const started = async () => await query;
    await caller.run({ user, org }, async () => {
      const outer = inWords(caller);
      expect(await caller.run(null, lazy)).toBe(outer);
      expect(await caller.run(null, started)).toBe('nobody');
    });
  });

  it('replaces the caller of the surrounding run, and restores it', async () => {
    await caller.run({ user, org }, async () => {
      await caller.run({ user: issuer.user(bob) }, async () => {
        await Promise.resolve();
        expect(inWords(caller)).toBe(`user ${bob.userId}`);
      });
      expect(caller.run(null, () => inWords(caller))).toBe('nobody');
      expect(inWords(caller)).toBe(`user ${alice.userId} in ${ACME_ID}`);
    });
  });

  it('opens a context of nestjs-cls if there is none, and otherwise keeps the current one', async () => {
    const cls = moduleRef.get(ClsService);
    caller.run(null, () => expect(cls.isActive()).toBe(true));
    expect(cls.isActive()).toBe(false);
    cls.run(() => {
      cls.set('tenant', 'acme');
      expect(caller.run({ user }, () => cls.get<string>('tenant'))).toBe('acme');
    });
  });

  it.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /takes a caller/],
    ['an id', 'user-alice', /takes a caller/],
    ['an array', [user], /takes a caller/],
    ['an unknown property', { orgId: ACME_ID }, /the unknown property "orgId"/],
    ['an id for a user', { user: 'user-alice' }, /user has to be an object/],
    ['a user without an id', { user: {} }, /user\.userId has to be a non-empty string/],
    ['only the id of a user', { user: { userId: 'u1' } }, /user has to be a User/],
    ['an id for an organization', { org: ACME_ID }, /org has to be an object/],
    ['an organization without an id', { org: {} }, /org\.orgId has to be a non-empty string/],
    ['an empty id', { org: { orgId: '' } }, /org\.orgId has to be a non-empty string/],
    [
      'an id that is not a string',
      { org: { orgId: 7 } },
      /org\.orgId has to be a non-empty string/,
    ],
    ['its own role', { org: { orgId: 'o1', role: 'Owner' } }, /unknown property "role"/],
    ['true for an API key', { apiKey: true }, /apiKey has to be an object/],
  ])('rejects %s with a TypeError', (_what, as, message) => {
    const run = () => caller.run(as as CallerToRunAs, () => {});
    expect(run).toThrow(TypeError);
    expect(run).toThrow(message);
  });

  it('rejects a call without a function with a TypeError', () => {
    expect(() => caller.run({ user }, undefined as never)).toThrow(
      new TypeError('CallerContext.run() takes a function to run: run(caller, () => …).'),
    );
  });

  it('keeps the caller if the object is changed later', () => {
    const given: { user: User | null } = { user };
    caller.run(given, () => {
      given.user = null;
      expect(caller.user).toBe(user);
    });
  });

  it('makes requireUser() throw 401 without a user, and requireOrg() an error with the fix without an organization', () => {
    expect(() => caller.run(null, () => caller.requireUser())).toThrow(
      PropelAuthUnauthorizedException,
    );
    expect(() => caller.run({ user }, () => caller.requireOrg())).toThrow(
      /Pass one: caller\.run\(\{ user, org: \{ orgId \} \}/,
    );
  });
});

const backend = await Backend.start();

@Injectable()
class Service {
  constructor(private readonly current: CallerContext) {}

  userId(): string {
    return this.current.requireUser().userId;
  }

  /** The error itself: nothing of it reaches clients. */
  error(method: 'requireUser' | 'requireOrg'): string {
    try {
      this.current[method]();
      return 'no error';
    } catch (error) {
      return (error as Error).message;
    }
  }
}

@Controller()
class Routes {
  constructor(
    private readonly service: Service,
    private readonly current: CallerContext,
  ) {}

  @Get('optional')
  @OptionalUser()
  optional() {
    return this.service.userId();
  }

  @Get('scripts')
  @RequireUserOrApiKey()
  scripts() {
    return this.service.userId();
  }

  @Get('public')
  @Public()
  public() {
    return [this.service.error('requireUser')];
  }

  @Get('unruled')
  unruled() {
    return [this.service.error('requireUser'), this.service.error('requireOrg')];
  }

  @Get('keys')
  @RequireApiKey()
  keys() {
    return [this.service.error('requireUser')];
  }

  @Get('user')
  @RequireUser()
  user() {
    return [this.service.error('requireUser'), this.service.error('requireOrg')];
  }

  @Get('orgs/:orgId')
  @RequireOrgMember()
  org() {
    return [this.current.requireOrg().orgId];
  }

  @Get('nested')
  @RequireUser()
  nested() {
    const inside = this.current.run(
      { org: { orgId: 'o9' } },
      () => this.current.requireOrg().orgId,
    );
    return [inside, inWords(this.current)];
  }
}

@Controller()
class Messages {
  constructor(private readonly service: Service) {}

  @MessagePattern('optional')
  @OptionalUser()
  message() {
    return this.service.userId();
  }
}

@Resolver()
class Operations {
  constructor(private readonly service: Service) {}

  @Query(() => String, { nullable: true })
  @OptionalUser()
  optional() {
    return this.service.userId();
  }
}

@WebSocketGateway()
class Gateway {
  constructor(private readonly service: Service) {}

  @SubscribeMessage('optional')
  @OptionalUser()
  optional() {
    return this.service.userId();
  }
}

function start(debugMode = false, providers: Type[] = []) {
  return startGuarded(
    {
      imports: [clsModule(), graphqlModule()],
      controllers: [Routes],
      providers: [Service, Operations, Gateway, ...providers],
    },
    { debugMode },
  );
}

describe('CallerContext.requireUser()', () => {
  it('returns the user', async () => {
    const { url } = await start();
    const { text } = await request(url)
      .get('/optional')
      .set(await headersOf(issuer, alice));
    expect(text).toBe(alice.userId);
  });

  it('returns 401 over HTTP if a rule allows callers without a user', async () => {
    const { url } = await start();
    backend.apiKeys.set('key', { status: 200, body: personalKey });
    const plain = { message: 'Unauthorized', statusCode: 401, code: 'token_missing' };
    for (const sending of [
      request(url).get('/optional'),
      request(url).get('/scripts').set('X-API-Key', 'key'),
    ]) {
      const { headers } = await sending.expect(401, plain);
      expect(headers['www-authenticate']).toBe('Bearer');
    }
  });

  it('says with debugMode how to fix it', async () => {
    const { url } = await start(true);
    const { body } = await request(url).get('/optional').expect(401);
    expect(body).toMatchObject({
      message: expect.stringMatching(/Routes\.optional.*add @RequireUser\(\)/) as string,
      reason: 'token_missing',
    });
  });

  it('returns UNAUTHENTICATED in GraphQL', async () => {
    const { data, errors } = await send(await start(), '{ optional }');
    expect(data).toEqual({ optional: null });
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });

  it('sends an exception event with 401 in a gateway', async () => {
    const client = connectSocketIo(await start());
    expect(await client.ask('optional', {})).toMatchObject({
      event: 'exception',
      data: { statusCode: 401, message: 'Unauthorized' },
    });
  });

  it('returns UNAUTHENTICATED in a microservice', async () => {
    const propelAuth = PropelAuthModule.forRoot({
      ...issuer.moduleOptions,
      tokenSource: () => undefined,
    });
    const client = await startMicroservice({
      imports: [propelAuth, clsModule()],
      controllers: [Messages],
      providers: [Service],
    });
    expect(await client.rejectionOf('optional', {})).toEqual({
      status: 'error',
      message: 'Unauthorized',
      code: 'UNAUTHENTICATED',
      errorCode: 'token_missing',
    });
  });

  it.each(['public', 'unruled', 'keys'])(
    'throws an error with the fix on a handler that never has a user: %s',
    async (name) => {
      const { url } = await start();
      backend.apiKeys.set('key', { status: 200, body: personalKey });
      const headers = await headersOf(issuer, alice);
      const { body } = await request(url)
        .get(`/${name}`)
        .set(name === 'keys' ? { 'X-API-Key': 'key' } : headers)
        .expect(200);
      expect((body as string[])[0]).toBe(
        `CallerContext.requireUser() was called for Routes.${name}, which never has a user. Add a rule that accepts users, such as ` +
          '@RequireUser() or @RequireUserOrApiKey().',
      );
    },
  );
});

describe('CallerContext.requireOrg()', () => {
  it('returns the organization that the rules have checked', async () => {
    const { url } = await start();
    const headers = await headersOf(issuer, alice);
    await request(url).get(`/orgs/${ACME_ID}`).set(headers).expect(200, [ACME_ID]);
  });

  it.each(['user', 'unruled'])(
    'throws an error with the fix if no rule has checked an organization, whatever the token says: %s',
    async (name) => {
      const { url } = await start();
      const headers = await headersOf(issuer, { ...alice, activeOrgId: ACME_ID });
      const { body } = await request(url).get(`/${name}`).set(headers).expect(200);
      expect((body as string[])[1]).toMatch(
        new RegExp(`Routes\\.${name}, which has no organization rule. Add @RequireOrgMember\\(\\)`),
      );
    },
  );
});

describe('CallerContext.run() inside a request', () => {
  it('replaces the caller while it runs', async () => {
    const { url } = await start();
    await request(url)
      .get('/nested')
      .set(await headersOf(issuer, alice))
      .expect(200, ['o9', `user ${alice.userId}`]);
  });

  it('does not change the caller of requests that the function sends', async () => {
    const application = await start();
    const found = await caller.run({ user, org }, async () => {
      const { body } = await request(application.url).get('/unruled');
      return body as string[];
    });
    expect(found[0]).toMatch(/never has a user/);
  });
});

describe('CallerContext.kind', () => {
  @Controller()
  class KindController {
    constructor(private readonly context: CallerContext) {}

    @Get('kind')
    @RequireCaller('user', 'service')
    kind() {
      return { kind: this.context.kind, user: this.context.user };
    }
  }

  it('is the name of an own kind, whose callers are no strangers', async () => {
    const { url } = await startGuarded(
      { imports: [clsModule()], controllers: [KindController], providers: [ServiceTokens] },
      { callerKinds: [ServiceTokens] },
    );
    await request(url)
      .get('/kind')
      .set('x-service-token', SERVICE_TOKEN)
      .expect(200, { kind: 'service', user: null });
  });
});
