import {
  Catch,
  Controller,
  Get,
  Injectable,
  UseGuards,
  type ArgumentsHost,
  type ExceptionFilter,
  type ExecutionContext,
  type ModuleMetadata,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, BaseExceptionFilter, HttpAdapterHost } from '@nestjs/core';
import { Field, ObjectType, Query, ResolveField, Resolver } from '@nestjs/graphql';
import {
  getCurrentCaller,
  getCurrentUser,
  OptionalUser,
  PropelAuthGuard,
  PropelAuthService,
  Public,
  RequireApiKey,
  RequireOrgRole,
  RequireUser,
  RequireUserOrApiKey,
  type CallerKind,
  type CredentialPlace,
} from 'nestjs-propelauth';
import { Backend } from '../support/backend.js';
import { graphqlModule, send } from '../support/graphql.js';
import { issuer, startGuarded, type PropelAuthOptions } from '../support/guarded-application.js';
import request from 'supertest';
import { beforeTests } from '../support/application.js';
import { OBSERVING_GUARD, observed } from '../support/observing-guard.js';
import { ACME_ID, alice, bob, headersOf } from '../support/project.js';
import { routeUnder } from '../support/routes.js';

// What identify() and callerKey() say of each credential on each handler is in test/calls/outcomes.md.

const tokenInCookie = (context: ExecutionContext) =>
  context.switchToHttp().getRequest<{ headers: { cookie?: string } }>().headers.cookie;

describe('After a rejection', () => {
  const seen: unknown[] = [];

  /** Asks the guard itself, and then who was rejected. */
  @Injectable()
  class AskingGuard {
    constructor(private readonly guard: PropelAuthGuard) {}

    async canActivate(context: ExecutionContext) {
      try {
        return await this.guard.canActivate(context);
      } catch (error) {
        seen.push(getCurrentUser(context), getCurrentCaller(context));
        throw error;
      }
    }
  }

  @Controller()
  class AdminsController {
    @Get('orgs/:orgId')
    @RequireOrgRole('Owner')
    show() {}
  }

  it('getCurrentUser() and getCurrentCaller() return nobody', async () => {
    const { url } = await startGuarded({
      controllers: [AdminsController],
      providers: [{ provide: APP_GUARD, useClass: AskingGuard }],
    });
    await request(url)
      .get(`/orgs/${ACME_ID}`)
      .set(await headersOf(issuer, bob))
      .expect(403);
    expect(seen).toEqual([null, null]);
  });
});

it.each([
  { 'x-api-key': 'junk' },
  { authorization: 'Bearer junk' },
  { authorization: 'Bearer a.b.c', 'x-api-key': 'junk' },
])('A token where tokenSource finds it identifies its user, beside %j', async (others) => {
  observed.length = 0;
  const { url } = await startGuarded({
    controllers: [routeUnder('cookie', RequireUser({ tokenSource: tokenInCookie }))],
    providers: [OBSERVING_GUARD],
  });
  const cookie = await issuer.accessToken(alice);
  await request(url)
    .get('/cookie')
    .set({ ...others, cookie })
    .expect(200);
  expect(observed).toEqual([[alice.userId, `user:${alice.userId}`]]);
});

describe('identify() and callerKey() look only at the credentials that a handler accepts:', () => {
  @Controller('users')
  @RequireUser()
  class UsersController {
    @Get('class')
    ofClass() {}

    @Get('public')
    @Public()
    public() {}

    @Get('optional')
    @OptionalUser()
    optional() {}
  }

  const controllers = [
    UsersController,
    routeUnder('user', RequireUser()),
    routeUnder('key', RequireApiKey()),
    routeUnder('either', RequireUserOrApiKey()),
    routeUnder('guarded', UseGuards(PropelAuthGuard)),
    routeUnder('open'),
  ];

  @Controller()
  class ExemptController {
    @Get('exempt')
    exempt() {}
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
    reports() {
      return 'reports';
    }

    @Query(() => Report)
    @RequireApiKey()
    report() {
      return {};
    }

    @ResolveField()
    title() {
      return 'a title';
    }

    @Query(() => String)
    @RequireApiKey()
    exports() {
      return 'exports';
    }
  }

  let backend: Backend;
  beforeAll(async () => {
    backend = await Backend.start();
  });
  beforeEach(() => {
    backend.reset();
    observed.length = 0;
  });

  let keys = 0;
  /** A key of Alice that nobody has asked about. */
  function newKey(): string {
    const key = `key-${++keys}-of-alice`;
    const user = { user_id: alice.userId, email: 'alice@example.com' };
    backend.apiKeys.set(key, { status: 200, body: { user } });
    return key;
  }

  const start = (
    options: Partial<PropelAuthOptions> = {},
    providers: ModuleMetadata['providers'] = [],
  ) =>
    startGuarded(
      {
        imports: [graphqlModule()],
        controllers: [...controllers, ExemptController],
        providers: [ReportsResolver, OBSERVING_GUARD, ...providers],
      },
      { apiKeys: { cacheSeconds: 60 }, ...options },
    );
  const application = beforeTests(() => start());
  const byDefault = beforeTests(() =>
    start({ requireUserByDefault: true, except: [ExemptController] }),
  );

  const ofAlice = [alice.userId, `user:${alice.userId}`];
  const ip = expect.stringMatching(/^ip:/) as unknown;
  const nobody = [null, ip];

  it.each([
    ['/user', false],
    ['/users/class', false],
    ['/users/optional', false],
    ['/guarded', false],
    ['/key', true],
    ['/either', true],
    // On a handler that accepts everyone, nobody is asked about what a stranger sends.
    ['/users/public', false],
    ['/open', false],
  ])('an API key is sent to PropelAuth for %s: %s', async (path, isAccepted) => {
    const key = newKey();
    for (const headers of [{ 'X-API-Key': key }, { Authorization: `Bearer ${key}` }]) {
      await request(application.url).get(path).set(headers);
    }
    const expected = isAccepted ? ofAlice : nobody;
    expect(observed).toEqual([expected, expected]);
    expect(backend.bodies.length).toBe(isAccepted ? 1 : 0);
  });

  it.each(['/users/public', '/exempt', '/open'])(
    'with requireUserByDefault, an API key is not sent to PropelAuth for %s, and a token is verified',
    async (path) => {
      await request(byDefault.url).get(path).set('X-API-Key', newKey());
      await request(byDefault.url)
        .get(path)
        .set(await headersOf(issuer, alice));
      expect(observed).toEqual([nobody, ofAlice]);
      expect(backend.bodies).toEqual([]);
    },
  );

  it.each(['/user', '/users/class', '/users/optional', '/guarded', '/key', '/either', '/open'])(
    'while PropelAuth is unreachable, %s responds to what cannot be a credential as without identify()',
    async (path) => {
      backend.failure = { status: 500 };
      const accepts = ['/key', '/either'].includes(path);
      const texts = accepts ? ['a.b.c', 'x'.repeat(1_025)] : ['junk', 'a.b.c', 'x'.repeat(1_025)];
      for (const text of texts) {
        const { status } = await request(application.url).get(path).auth(text, { type: 'bearer' });
        expect(status).toBe(['/open', '/users/optional'].includes(path) ? 200 : 401);
      }
      expect(observed).toEqual(texts.map(() => nobody));
      expect(backend.bodies).toEqual([]);
    },
  );

  it('a stranger who sends junk to handlers that accept everyone asks nobody', async () => {
    const asked: string[] = [];
    const ownKind = (name: string, place: CredentialPlace): CallerKind => ({
      name,
      credential: [place],
      identify: (text) => void asked.push(text),
      key: () => undefined,
    });
    const { url } = await start({
      callerKinds: [ownKind('pat', { scheme: 'Bearer' }), ownKind('link', { query: 'token' })],
    });
    for (const path of ['/users/public', '/open', '/nowhere']) {
      await request(url).get(path).auth('pat-SECRET', { type: 'bearer' });
      await request(url).get(path).query({ token: 'link-SECRET' }).set('X-API-Key', 'junk');
    }
    expect(backend.bodies).toEqual([]);
    expect(asked).toEqual([]);
  });

  it('over GraphQL', async () => {
    const headers = { authorization: `Bearer ${newKey()}` };
    await send(application, '{ reports }', headers);
    expect(observed).toEqual([nobody]);
    expect(backend.bodies).toEqual([]);
    await send(application, '{ exports }', headers);
    expect(observed[1]).toEqual(ofAlice);
    expect(backend.bodies.length).toBe(1);
  });

  it('of the operation, in a field without a rule under requireUserByDefault', async () => {
    const headers = { 'x-api-key': newKey() };
    expect(await send(byDefault, '{ report { title } }', headers)).toEqual({
      data: { report: { title: 'a title' } },
    });
    expect(observed).toEqual([ofAlice, ofAlice]);
    expect(backend.bodies.length).toBe(1);
  });

  it('in an exception filter, which gets no handler', async () => {
    const seen: unknown[] = [];
    @Catch()
    class SeeingFilter extends BaseExceptionFilter implements ExceptionFilter {
      constructor(
        host: HttpAdapterHost,
        private readonly propelAuth: PropelAuthService,
      ) {
        super(host.httpAdapter);
      }

      override catch(error: unknown, host: ArgumentsHost) {
        void this.propelAuth.identify(host as ExecutionContext).then((caller) => {
          seen.push(caller);
          super.catch(error, host);
        });
      }
    }
    const { url } = await start({}, [{ provide: APP_FILTER, useClass: SeeingFilter }]);
    await request(url).get('/user').auth('junk', { type: 'bearer' }).expect(401);
    expect(seen).toEqual([null]);
    expect(backend.bodies).toEqual([]);
    await request(url).get('/nowhere').set('X-API-Key', newKey()).expect(404);
    expect(seen[1]).toBeNull();
    expect(backend.bodies).toEqual([]);
    await request(url)
      .get('/nowhere')
      .set(await headersOf(issuer, alice))
      .expect(404);
    expect(seen[2]).toMatchObject({ userId: alice.userId });
  });
});
