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
  PropelAuthModule,
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
import { BackendClient } from '../../lib/propelauth/backend/backend-client.js';
import { VerificationKeys } from '../../lib/callers/user/verification-keys.js';
import { rateLimited, Rejection, unavailable } from '../../lib/rejections/rejection.js';
import { startApplication } from '../support/application.js';
import { OBSERVING_GUARD, observed } from '../support/observing-guard.js';
import { ACME_ID, alice, bob, headersOf } from '../support/project.js';

/** Lets in who is nobody we know. */
@Injectable()
class AnonymousGuard {
  constructor(private readonly propelAuth: PropelAuthService) {}

  async canActivate(context: ExecutionContext) {
    return (await this.propelAuth.identify(context)) === null;
  }
}

@Controller()
class AnonymousController {
  @Get()
  @RequireUserOrApiKey()
  show() {}
}

const metadata = {
  imports: [PropelAuthModule.forRoot(issuer.moduleOptions)],
  controllers: [AnonymousController],
  providers: [{ provide: APP_GUARD, useClass: AnonymousGuard }],
};

describe('PropelAuthService.identify()', () => {
  it.each([
    ['429 for a rate limited API key', rateLimited(7), 429],
    ['503 while PropelAuth is unavailable', unavailable('unreachable', 9), 503],
    [
      'null for an unknown API key, which the guard of the handler rejects',
      new Rejection('api_key_unknown'),
      401,
    ],
  ])('returns %s', async (_what, rejection, status) => {
    const validateApiKey = () => Promise.reject(rejection);
    const { url } = await startApplication(metadata, undefined, (builder) =>
      builder.overrideProvider(BackendClient).useValue({ validateApiKey }),
    );
    await request(url).get('/').set('X-API-Key', 'a'.repeat(64)).expect(status);
  });

  it('returns 503 for a token while there is no verification key', async () => {
    const { app, url } = await startApplication(metadata);
    app.get(VerificationKeys, { strict: false }).current = undefined;
    await request(url)
      .get('/')
      .auth(await issuer.accessToken(alice), { type: 'bearer' })
      .expect(503);
  });
});

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

describe('A second credential', () => {
  const seen: unknown[] = [];

  @Injectable()
  class SeeingGuard {
    constructor(private readonly propelAuth: PropelAuthService) {}

    async canActivate(context: ExecutionContext) {
      const caller = await this.propelAuth.identify(context);
      seen.push(caller?.userId ?? null, await this.propelAuth.callerKey(context));
      return true;
    }
  }

  @Controller()
  class Reports {
    @Get('user')
    @RequireUser()
    user() {}

    @Get('optional')
    @OptionalUser()
    optional() {}

    @Get('cookie')
    @RequireUser({ tokenSource: tokenInCookie })
    cookie() {}

    @Get('either')
    @RequireUserOrApiKey()
    either() {}

    @Get('key')
    @RequireApiKey()
    key() {}
  }

  const start = () =>
    startApplication({
      imports: [PropelAuthModule.forRoot(issuer.moduleOptions)],
      controllers: [Reports],
      providers: [{ provide: APP_GUARD, useClass: SeeingGuard }],
    });

  beforeEach(() => {
    seen.length = 0;
  });

  it.each([
    ['user', 'authorization', { 'x-api-key': 'junk' }],
    ['optional', 'authorization', { 'x-api-key': 'junk' }],
    ['cookie', 'cookie', { 'x-api-key': 'junk' }],
    ['cookie', 'cookie', { authorization: 'Bearer junk' }],
    ['cookie', 'cookie', { authorization: 'Bearer a.b.c', 'x-api-key': 'junk' }],
  ])('does not hide the user whom /%s allows from the %s header', async (path, name, others) => {
    const { url } = await start();
    const token = await issuer.accessToken(alice);
    const value = name === 'cookie' ? token : `Bearer ${token}`;
    await request(url)
      .get(`/${path}`)
      .set({ ...others, [name]: value })
      .expect(200);
    expect(seen).toEqual([alice.userId, `user:${alice.userId}`]);
  });

  it.each(['either', 'key'])('does not identify the caller whom /%s rejects', async (path) => {
    const { url } = await start();
    const token = await issuer.accessToken(alice);
    await request(url)
      .get(`/${path}`)
      .set({ authorization: `Bearer ${token}`, 'x-api-key': 'junk' })
      .expect(401);
    expect(seen).toEqual([null, expect.stringMatching(/^ip:/)]);
  });
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

  @Controller()
  class OthersController {
    @Get('user')
    @RequireUser()
    user() {}

    @Get('key')
    @RequireApiKey()
    key() {}

    @Get('either')
    @RequireUserOrApiKey()
    either() {}

    @Get('guarded')
    @UseGuards(PropelAuthGuard)
    guarded() {}

    @Get('open')
    open() {}
  }

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

  const KEY = 'key-of-alice';
  let backend: Backend;
  beforeAll(async () => {
    backend = await Backend.start();
  });
  beforeEach(() => {
    backend.reset();
    backend.apiKeys.set(KEY, {
      status: 200,
      body: { user: { user_id: alice.userId, email: 'alice@example.com' } },
    });
    observed.length = 0;
  });

  const start = (
    options: Partial<PropelAuthOptions> = {},
    providers: ModuleMetadata['providers'] = [],
  ) =>
    startGuarded(
      {
        imports: [graphqlModule()],
        controllers: [UsersController, OthersController, ExemptController],
        providers: [ReportsResolver, OBSERVING_GUARD, ...providers],
      },
      { apiKeys: { cacheSeconds: 60 }, ...options },
    );

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
    const { url } = await start();
    for (const headers of [{ 'X-API-Key': KEY }, { Authorization: `Bearer ${KEY}` }]) {
      await request(url).get(path).set(headers);
    }
    const first = isAccepted ? [alice.userId, `user:${alice.userId}`] : nobody;
    expect(observed).toEqual([first, first]);
    expect(backend.bodies.length).toBe(isAccepted ? 1 : 0);
  });

  it.each(['/users/public', '/exempt', '/open'])(
    'with requireUserByDefault, an API key is not sent to PropelAuth for %s, and a token is verified',
    async (path) => {
      const { url } = await start({ requireUserByDefault: true, except: [ExemptController] });
      await request(url).get(path).set('X-API-Key', KEY);
      await request(url)
        .get(path)
        .set(await headersOf(issuer, alice));
      expect(observed).toEqual([nobody, [alice.userId, `user:${alice.userId}`]]);
      expect(backend.bodies).toEqual([]);
    },
  );

  it('an access token does not identify its user on a handler for API keys', async () => {
    const { url } = await start();
    await request(url)
      .get('/key')
      .set(await headersOf(issuer, alice))
      .expect(401);
    expect(observed).toEqual([nobody]);
  });

  it.each(['/user', '/users/class', '/users/optional', '/guarded', '/key', '/either', '/open'])(
    'while PropelAuth is unreachable, %s responds to what cannot be a credential as without identify()',
    async (path) => {
      backend.failure = { status: 500 };
      const application = await start();
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
    const application = await start();
    const headers = { authorization: `Bearer ${KEY}` };
    await send(application, '{ reports }', headers);
    expect(observed).toEqual([nobody]);
    expect(backend.bodies).toEqual([]);
    await send(application, '{ exports }', headers);
    expect(observed[1]).toEqual([alice.userId, `user:${alice.userId}`]);
    expect(backend.bodies.length).toBe(1);
  });

  it('of the operation, in a field without a rule under requireUserByDefault', async () => {
    const application = await start({ requireUserByDefault: true });
    expect(await send(application, '{ report { title } }', { 'x-api-key': KEY })).toEqual({
      data: { report: { title: 'a title' } },
    });
    const ofAlice = [alice.userId, `user:${alice.userId}`];
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
    await request(url).get('/nowhere').set('X-API-Key', KEY).expect(404);
    expect(seen[1]).toBeNull();
    expect(backend.bodies).toEqual([]);
    await request(url)
      .get('/nowhere')
      .set(await headersOf(issuer, alice))
      .expect(404);
    expect(seen[2]).toMatchObject({ userId: alice.userId });
  });
});
