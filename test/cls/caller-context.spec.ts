import { Controller, Get, Injectable } from '@nestjs/common';
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
import { beforeTests } from '../support/application.js';
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

  it('is not active, and throws the same error if it is required', () => {
    expect(caller.isActive()).toBe(false);
    for (const method of ['requireUser', 'requireOrg'] as const) {
      expect(() => caller[method]()).toThrow(/was used outside of a call/);
    }
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

  /** The errors themselves: nothing of them reaches clients. */
  errors(): string[] {
    return [() => this.current.requireUser(), () => this.current.requireOrg()].map((require) => {
      try {
        require();
        return 'no error';
      } catch (error) {
        return (error as Error).message;
      }
    });
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
    return this.service.errors();
  }

  @Get('unruled')
  unruled() {
    return this.service.errors();
  }

  @Get('keys')
  @RequireApiKey()
  keys() {
    return this.service.errors();
  }

  @Get('user')
  @RequireUser()
  user() {
    return this.service.errors();
  }

  @Get('orgs/:orgId')
  @RequireOrgMember()
  org() {
    return [this.current.requireOrg().orgId];
  }

  @Get('nested')
  @RequireUser()
  nested() {
    const orgId = () => this.current.requireOrg().orgId;
    return [this.current.run({ org: { orgId: 'o9' } }, orgId), inWords(this.current)];
  }

  @Get('kind')
  @RequireCaller('user', 'service')
  kind() {
    return { kind: this.current.kind, user: this.current.user };
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

/** An operation and a message of a gateway. */
@Resolver()
@WebSocketGateway()
class Operations {
  constructor(private readonly service: Service) {}

  @Query(() => String, { nullable: true })
  @SubscribeMessage('optional')
  @OptionalUser()
  optional() {
    return this.service.userId();
  }
}

const start = (debugMode = false) =>
  startGuarded(
    {
      imports: [clsModule(), graphqlModule()],
      controllers: [Routes],
      providers: [Service, Operations, ServiceTokens],
    },
    { debugMode, callerKinds: [ServiceTokens] },
  );

const nothing = () => undefined;
const KEY = { 'X-API-Key': 'key' };
const ofAlice = await headersOf(issuer, alice);
const ofAcme = await headersOf(issuer, { ...alice, activeOrgId: ACME_ID });

describe('CallerContext in a call', () => {
  const application = beforeTests(() => start());
  const get = (path: string, headers: Record<string, string> = {}) =>
    request(application.url).get(path).set(headers);

  beforeEach(() => void backend.apiKeys.set('key', { status: 200, body: personalKey }));

  it.each<[string, string, Record<string, string>, unknown]>([
    ['its organization, if the rules have checked it', `/orgs/${ACME_ID}`, ofAlice, [ACME_ID]],
    ['the caller of run(), while that runs', '/nested', ofAlice, ['o9', `user ${alice.userId}`]],
    [
      'the name of an own kind, whose callers are no strangers',
      '/kind',
      { 'x-service-token': SERVICE_TOKEN },
      { kind: 'service', user: null },
    ],
  ])('returns %s', async (_what, path, headers, body) => {
    expect(await get(path, headers)).toMatchObject({ status: 200, body });
  });

  it('does not change the caller of requests that the function of run() sends', async () => {
    const { body } = await caller.run({ user, org }, async () => get('/unruled'));
    expect((body as string[])[0]).toMatch(/never has a user/);
  });

  it.each([
    ['/public', ofAlice],
    ['/unruled', ofAlice],
    ['/keys', KEY],
  ])(
    'throws an error with the fix on a handler that never has a user: %s',
    async (path, headers) => {
      const { body } = await get(path, headers).expect(200);
      expect((body as string[])[0]).toBe(
        `CallerContext.requireUser() was called for Routes.${path.slice(1)}, which never has a user. Add a rule that accepts users, such as ` +
          '@RequireUser() or @RequireUserOrApiKey().',
      );
    },
  );

  it.each(['user', 'unruled'])(
    'throws an error with the fix if no rule has checked an organization, whatever the token says: %s',
    async (name) => {
      const { body } = await get(`/${name}`, ofAcme).expect(200);
      expect((body as string[])[1]).toMatch(
        new RegExp(`Routes\\.${name}, which has no organization rule. Add @RequireOrgMember\\(\\)`),
      );
    },
  );
});

describe('CallerContext.requireUser() where a rule allows callers without a user', () => {
  const application = beforeTests(() => start());

  it('returns the user, and 401 without one', async () => {
    const { text } = await request(application.url).get('/optional').set(ofAlice);
    expect(text).toBe(alice.userId);
    backend.apiKeys.set('key', { status: 200, body: personalKey });
    const plain = { message: 'Unauthorized', statusCode: 401, code: 'token_missing' };
    for (const sending of [
      request(application.url).get('/optional'),
      request(application.url).get('/scripts').set(KEY),
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
    const { data, errors } = await send(application, '{ optional }');
    expect(data).toEqual({ optional: null });
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });

  it('sends an exception event with 401 in a gateway', async () => {
    expect(await connectSocketIo(application).ask('optional', {})).toMatchObject({
      event: 'exception',
      data: { statusCode: 401, message: 'Unauthorized' },
    });
  });

  it('returns UNAUTHENTICATED in a microservice', async () => {
    const client = await startMicroservice({
      imports: [
        PropelAuthModule.forRoot({ ...issuer.moduleOptions, tokenSource: nothing }),
        clsModule(),
      ],
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
});
