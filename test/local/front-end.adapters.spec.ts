import type { ServerResponse } from 'node:http';
import { Controller, Get, Module, Post, VersioningType } from '@nestjs/common';
import type { INestApplication, NestInterceptor } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { decodeJwt } from 'jose';
import {
  CurrentUser,
  PropelAuthApi,
  PropelAuthConfigurationError,
  RequireOrgMember,
  RequireUser,
  activeOrg,
} from 'nestjs-propelauth';
import { LocalPropelAuthModule, type LocalPropelAuthOptions } from 'nestjs-propelauth/local';
import { map, of, tap } from 'rxjs';
import request from 'supertest';
import { registerCleanup } from '../support/clean-up.js';

const ORIGIN = 'http://localhost:3000';
const FRONT_END = 'http://localhost:5173';
const SECRET = 'the-secret-of-the-tests';
const WITH_SECRET = `local_secret=${SECRET}`;
const ACME = 'acce0000-0000-4000-8000-000000000000';
const OTHER = '0e1f0000-0000-4000-8000-000000000000';
const ALICE = 'a11ce000-0000-4000-8000-000000000001';

const OPTIONS: LocalPropelAuthOptions = {
  enabled: true,
  origin: ORIGIN,
  secret: SECRET,
  allowedOrigins: [FRONT_END, 'http://localhost:4200'],
  seed: {
    orgs: [
      { name: 'Acme <Inc>', orgId: ACME, metadata: { tier: 2 } },
      { name: 'Other', orgId: OTHER },
    ],
    users: [
      {
        name: 'alice',
        userId: ALICE,
        firstName: 'Alice',
        properties: { plan: 'pro' },
        mfaEnabled: true,
        orgs: [{ org: 'Acme <Inc>', role: 'Admin', permissions: ['can_view'] }],
      },
      { name: 'bob' },
    ],
  },
};

/** What PropelAuth's library for the browser sends. */
const FROM_FRONT_END = { Origin: FRONT_END, 'Content-Type': 'application/json' };

const HOSTED_PAGES = ['account', 'org', 'create_org', 'saml'];
const PAGES = ['/propelauth/login', ...HOSTED_PAGES.map((page) => `/propelauth/pages/${page}`)];
const SHORT_PATHS = [
  ['/login', '/propelauth/login'],
  ['/signup', '/propelauth/login'],
  ...HOSTED_PAGES.map((page) => [`/${page}`, `/propelauth/pages/${page}`]),
] as [path: string, page: string][];

@Controller()
class AppController {
  @Get('me')
  @RequireUser()
  me(@CurrentUser('userId') userId: string) {
    return { userId };
  }

  @Get('active-org')
  @RequireOrgMember({ org: activeOrg() })
  activeOrg() {
    return {};
  }
}

interface Started {
  readonly app: INestApplication;
  readonly url: string;
}

/** As main.ts does. */
async function start(
  options: Partial<LocalPropelAuthOptions> = {},
  prepare: (app: INestApplication) => void = () => {},
  controllers: (new () => object)[] = [],
): Promise<Started> {
  @Module({
    imports: [LocalPropelAuthModule.forRoot({ ...OPTIONS, ...options })],
    controllers: [AppController, ...controllers],
  })
  class AppModule {}
  const adapter =
    globalThis.HTTP_ADAPTER === 'fastify' ? new FastifyAdapter() : new ExpressAdapter();
  const app = await NestFactory.create(AppModule, adapter, { logger: false, abortOnError: false });
  registerCleanup(() => app.close());
  prepare(app);
  await app.listen(0, '127.0.0.1');
  return { app, url: await app.getUrl() };
}

function encode(url: string): string {
  return Buffer.from(url, 'latin1').toString('base64');
}

function postSignIn(
  { url }: Started,
  form: object,
  origin: string | undefined = ORIGIN,
): request.Test {
  const post = request(url).post(`/propelauth/login?${WITH_SECRET}`).type('form').send(form);
  return origin === '' ? post : post.set('Origin', origin);
}

function cookieOf({ headers }: request.Response): string | undefined {
  return (headers['set-cookie'] as unknown as string[] | undefined)?.[0];
}

/** Signs in; the cookie as the browser sends it. */
async function signIn(started: Started, user: string): Promise<string> {
  const [pair] = (cookieOf(await postSignIn(started, { user }).expect(303)) ?? '').split(';');
  return pair as string;
}

function refreshToken({ url }: Started, session?: string, query = ''): request.Test {
  const asking = request(url).get(`/api/v1/refresh_token${query}`).set(FROM_FRONT_END);
  return session === undefined ? asking : asking.set('Cookie', session);
}

describe('LocalPropelAuthModule for front ends', () => {
  describe('gives the signed-in user', () => {
    it('the data that PropelAuth’s libraries read, and a token that the API accepts', async () => {
      const started = await start();
      const session = await signIn(started, 'alice');
      const api = started.app.get(PropelAuthApi);
      await api.updateUserMetadata(ALICE, { metadata: { score: 1 } });
      const { body } = await refreshToken(started, session)
        .expect(200)
        .expect('Cache-Control', 'no-store')
        .expect('Access-Control-Allow-Origin', FRONT_END)
        .expect('Access-Control-Allow-Credentials', 'true');
      const info = body as { access_token: string };
      const { exp } = decodeJwt(info.access_token);
      expect(info).toEqual({
        access_token: expect.any(String),
        expires_at_seconds: exp,
        org_id_to_org_member_info: {
          [ACME]: expect.objectContaining({
            org_id: ACME,
            org_name: 'Acme <Inc>',
            org_metadata: { tier: 2 },
            user_role: 'Admin',
            inherited_user_roles_plus_current_role: ['Admin', 'Member'],
            user_permissions: ['can_view'],
          }),
        },
        user: {
          user_id: ALICE,
          email: 'alice@example.com',
          email_confirmed: true,
          username: 'alice',
          first_name: 'Alice',
          has_password: expect.any(Boolean),
          locked: false,
          enabled: true,
          mfa_enabled: true,
          can_create_orgs: expect.any(Boolean),
          created_at: expect.any(Number),
          last_active_at: expect.any(Number),
          properties: { plan: 'pro' },
        },
      });
      await request(started.url)
        .get('/me')
        .auth(info.access_token, { type: 'bearer' })
        .expect(200, { userId: ALICE });
    });

    it('a token scoped to the active organization, also for scripts', async () => {
      const started = await start();
      const session = await signIn(started, 'alice');
      const answers = [
        await refreshToken(started, session, `?active_org_id=${ACME}`).expect(200),
        await refreshToken(started, '', `?active_org_id=${ACME}&user=alice&${WITH_SECRET}`),
      ];
      for (const { body } of answers) {
        const info = body as { access_token: string; org_id_to_org_member_info: object };
        const claims = decodeJwt(info.access_token);
        expect(claims).toMatchObject({ org_member_info: { org_id: ACME, user_role: 'Admin' } });
        expect(claims).not.toHaveProperty('org_id_to_org_member_info');
        expect(Object.keys(info.org_id_to_org_member_info)).toEqual([ACME]);
        await request(started.url)
          .get('/active-org')
          .auth(info.access_token, { type: 'bearer' })
          .expect(200);
      }
    });

    it.each([OTHER, 'unknown', '', '__proto__', `${ACME}&active_org_id=${ACME}`])(
      '401 for the active organization %j, as PropelAuth’s library expects',
      async (orgId) => {
        const started = await start();
        const session = await signIn(started, 'alice');
        const { body } = await refreshToken(started, session, `?active_org_id=${orgId}`).expect(
          401,
        );
        expect(body).not.toHaveProperty('access_token');
      },
    );

    it('no token of a user that a request names without the secret', async () => {
      const started = await start();
      const session = await signIn(started, 'alice');
      for (const name of ['bob', 'alice', '']) {
        const { status } = await refreshToken(started, session, `?user=${name}`);
        expect(status).toBe(401);
      }
    });

    it('the same in an application that wraps or caches responses of its handlers', async () => {
      const cache = new Map<string, unknown>();
      const wrapper: NestInterceptor = {
        intercept: (_context, next) => next.handle().pipe(map((data: unknown) => ({ data }))),
      };
      const cacheInterceptor: NestInterceptor = {
        intercept(context, next) {
          const { url } = context.switchToHttp().getRequest<{ url: string }>();
          const cached = cache.get(url);
          if (cached !== undefined) return of(cached);
          return next.handle().pipe(tap((value: unknown) => cache.set(url, value)));
        },
      };
      for (const interceptor of [wrapper, cacheInterceptor]) {
        const started = await start({}, (app) => app.useGlobalInterceptors(interceptor));
        for (const user of ['alice', 'bob']) {
          const { body } = await refreshToken(started, await signIn(started, user)).expect(200);
          expect(body).toHaveProperty('user.username', user);
        }
        await refreshToken(started).expect(401);
      }
    });

    it('nothing once the user is disabled', async () => {
      const started = await start();
      const session = await signIn(started, 'alice');
      await started.app.get(PropelAuthApi).disableUser(ALICE);
      expect((await refreshToken(started, session)).status).toBe(401);
    });

    it('a session that stays valid after a restart, but not with another secret', async () => {
      const first = await start();
      const session = await signIn(first, 'alice');
      await first.app.close();
      const second = await refreshToken(await start(), session);
      expect(second.status).toBe(200);
      const otherSecret = { secret: 'another-secret-of-tests' };
      expect((await refreshToken(await start(otherSecret), session)).status).toBe(401);
    });
  });

  it('gives 401 without a session, with or without the secret', async () => {
    const started = await start();
    const { text } = await refreshToken(started)
      .expect(401)
      .expect('Access-Control-Allow-Origin', FRONT_END)
      .expect('Access-Control-Allow-Credentials', 'true');
    expect(text).toContain('Open one of the links that the application printed');
    const withSecret = await refreshToken(started, '', `?${WITH_SECRET}`).expect(401);
    expect(withSecret.text).toContain(`Sign in at ${ORIGIN}/propelauth/login`);
    expect(withSecret.text).toContain('?user=alice, ?user=bob');
  });

  it.each(['/api/v1/refresh_token', '/api/v1/logout', '/api/v1/refresh_token?active_org_id=1'])(
    'answers preflight requests for %s with the exact origin',
    async (path) => {
      const { url } = await start();
      const preflight = (origin: string) =>
        request(url)
          .options(path)
          .set('Origin', origin)
          .set('Access-Control-Request-Method', path.includes('logout') ? 'POST' : 'GET')
          .set('Access-Control-Request-Headers', 'content-type');
      await preflight(FRONT_END)
        .expect(204)
        .expect('Access-Control-Allow-Origin', FRONT_END)
        .expect('Access-Control-Allow-Credentials', 'true')
        .expect('Access-Control-Allow-Headers', 'content-type');
      const { headers } = await preflight('http://localhost:9999');
      expect(headers).not.toHaveProperty('access-control-allow-origin');
    },
  );

  describe('signs in', () => {
    it('with a cookie that scripts and other sites cannot use, and returns to the front end', async () => {
      const started = await start();
      const address = `${FRONT_END}/reports?page=2&q=a%20b#top`;
      const page = await request(started.url)
        .get(`/propelauth/login?${WITH_SECRET}`)
        .query({ rt: encode(address), user: 'bob' })
        .expect(200)
        .expect('Content-Security-Policy', /; form-action 'self' http:\/\/localhost:5173; /);
      expect(page.headers).not.toHaveProperty('set-cookie');
      expect(page.text).toContain(`<input type="hidden" name="rt" value="${encode(address)}">`);
      const answer = await postSignIn(started, { user: 'alice', rt: encode(address) })
        .expect(303)
        .expect('Location', address);
      expect(cookieOf(answer)).toMatch(
        /^propelauth_session_[0-9a-f]{16}=[\w-]+\.[\w-]{43}; HttpOnly; SameSite=Lax; Path=\/; Max-Age=2592000$/,
      );
    });

    it.each([
      [{}, FRONT_END],
      [{ allowedOrigins: [] }, `${ORIGIN}/propelauth/pages/account`],
    ])('and without an address to return to, with %j, returns to %s', async (options, address) => {
      const started = await start(options);
      const { headers } = await postSignIn(started, { user: 'alice' }).expect(303);
      expect(headers['location']).toBe(address);
    });

    it.each([`${ORIGIN}/app`, 'http://localhost:4200/', FRONT_END])(
      'and returns to %s',
      async (address) => {
        const started = await start();
        const form = { user: 'alice', rt: encode(address) };
        const { headers } = await postSignIn(started, form).expect(303);
        expect(headers['location']).toBe(new URL(address).href);
      },
    );

    it.each([
      'https://evil.example/',
      'http://localhost:9999/',
      'https://localhost:5173/',
      'http://localhost:5173.evil.example/',
      'http://localhost:5173@evil.example/',
      '//evil.example/',
      '/\\evil.example',
      'javascript:alert(1)//http://localhost:5173',
      `blob:${FRONT_END}/1`,
      `view-source:${FRONT_END}`,
      `data:text/html,${FRONT_END}`,
      '/app',
      '%',
      'not a URL',
    ])('and never sends the browser to %s', async (address) => {
      const started = await start();
      const rt = encode(address);
      const answers = [
        await postSignIn(started, { user: 'alice', rt }).expect(400),
        await request(started.url)
          .get(`/propelauth/login?${WITH_SECRET}`)
          .query({ rt })
          .expect(400),
        await request(started.url)
          .post('/propelauth/logout')
          .set('Origin', ORIGIN)
          .type('form')
          .send({ rt })
          .expect(400),
      ];
      for (const { headers } of answers) {
        expect(headers).not.toHaveProperty('location');
        expect(headers).not.toHaveProperty('set-cookie');
      }
    });

    it.each(['https://evil.example', 'http://localhost:9999', 'null', ''])(
      'no user for a form from the origin %j',
      async (origin) => {
        const answer = await postSignIn(await start(), { user: 'alice' }, origin).expect(403);
        expect(cookieOf(answer)).toBeUndefined();
      },
    );

    it.each([{ user: 'mallory' }, { user: '' }, { user: ['alice', 'bob'] }, {}])(
      'no user for %j',
      async (form) => {
        const answer = await postSignIn(await start(), form).expect(400);
        expect(cookieOf(answer)).toBeUndefined();
      },
    );

    it('no user without the secret, and explains it in a page to browsers and in JSON to scripts', async () => {
      const { url } = await start();
      const page = await request(url)
        .get('/propelauth/login')
        .set('Accept', 'text/html,*/*')
        .expect(401);
      expect(page.type).toBe('text/html');
      expect(page.headers['content-security-policy']).toContain("default-src 'none'");
      expect(page.text).toContain('Open one of the links that the application printed at startup');
      const { body } = await request(url).get('/propelauth/login').expect(401);
      expect(body).toMatchObject({ statusCode: 401 });
    });

    it('no user without the secret, not even one who is signed in', async () => {
      const started = await start();
      const session = await signIn(started, 'alice');
      for (const page of PAGES) {
        await request(started.url).get(page).set('Cookie', session).expect(401);
      }
      const { headers } = await request(started.url)
        .post('/propelauth/login')
        .set({ Cookie: session, Origin: ORIGIN })
        .type('form')
        .send({ user: 'bob' })
        .expect(401);
      expect(headers).not.toHaveProperty('set-cookie');
    });
  });

  describe('signs out', () => {
    it('when a front end asks as PropelAuth’s library does, with an empty body', async () => {
      const { url } = await start();
      const answer = await request(url)
        .post('/api/v1/logout')
        .set(FROM_FRONT_END)
        .expect(200, { redirect_to: FRONT_END })
        .expect('Content-Type', 'application/json; charset=utf-8')
        .expect('Access-Control-Allow-Origin', FRONT_END)
        .expect('Access-Control-Allow-Credentials', 'true');
      expect(cookieOf(answer)).toMatch(
        /^propelauth_session_[0-9a-f]{16}=; HttpOnly; SameSite=Lax; Path=\/; Max-Age=0$/,
      );
    });

    it('with the button of the local pages, and returns to the front end', async () => {
      const { url } = await start();
      const answer = await request(url)
        .post('/propelauth/logout')
        .set('Origin', ORIGIN)
        .type('form')
        .send({ rt: encode(`${FRONT_END}/bye`) })
        .expect(303)
        .expect('Location', `${FRONT_END}/bye`);
      expect(cookieOf(answer)).toContain('Max-Age=0');
    });

    it.each(['https://evil.example', 'http://localhost:9999', 'null'])(
      'no user if a page of %s requests it',
      async (origin) => {
        const { url } = await start();
        for (const path of ['/api/v1/logout', '/API/V1/logout/', '/propelauth/logout']) {
          const { headers } = await request(url).post(path).set('Origin', origin).expect(403);
          expect(headers).not.toHaveProperty('set-cookie');
          expect(headers).not.toHaveProperty('access-control-allow-origin');
        }
      },
    );

    it('no user for GET, and rejects other hosts', async () => {
      const { url } = await start();
      expect(cookieOf(await request(url).get('/api/v1/logout').expect(404))).toBeUndefined();
      await request(url).post('/api/v1/logout').set('Host', 'evil.example').expect(421);
    });
  });

  describe('has pages that replace those of PropelAuth', () => {
    it.each(HOSTED_PAGES)('such as /%s, which returns to the application', async (page) => {
      const started = await start();
      const rt = encode(`${FRONT_END}/team?"<b>`);
      const { text } = await request(started.url)
        .get(`/propelauth/pages/${page}?${WITH_SECRET}`)
        .query({ rt, id: ACME })
        .set('Cookie', await signIn(started, 'alice'))
        .expect(200)
        .expect('Cache-Control', 'no-store')
        .expect('X-Frame-Options', 'DENY')
        .expect('Content-Security-Policy', /frame-ancestors 'none'/);
      expect(text).toContain('You are signed in as <strong>Alice</strong>');
      expect(text).toContain('Admin of Acme &lt;Inc&gt;');
      expect(text).toContain(`<code>${ACME}</code>`);
      expect(text).toContain(`<a href="${FRONT_END}/team?%22%3Cb%3E">`);
      expect(text).toContain('<form method="post" action="/propelauth/logout">');
    });

    it('which reject an organization that the user is not in', async () => {
      const started = await start();
      const { text } = await request(started.url)
        .get(`/propelauth/pages/org?${WITH_SECRET}`)
        .query({ id: '<i>' })
        .set('Cookie', await signIn(started, 'alice'))
        .expect(200);
      expect(text).toContain('You are not in the organization <code>&lt;i&gt;</code>');
    });

    it('which redirect signed-out users to the sign-in page and back', async () => {
      const { url } = await start();
      const { headers } = await request(url)
        .get(`/propelauth/pages/org?id=1&${WITH_SECRET}`)
        .expect(303);
      const location = new URL(headers['location'] as string, ORIGIN);
      expect(location.pathname).toBe('/propelauth/login');
      const rt = location.searchParams.get('rt') as string;
      expect(Buffer.from(rt, 'base64').toString()).toBe(`${ORIGIN}/propelauth/pages/org?id=1`);
    });

    it('at the paths of PropelAuth, with their parameters, under any prefix', async () => {
      const { url } = await start({}, (app) => {
        app.setGlobalPrefix('api');
        app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
      });
      for (const [path, page] of SHORT_PATHS) {
        await request(url)
          .get(`${path}?rt=a%2Bb&id=1`)
          .expect(302)
          .expect('Location', `${page}?rt=a%2Bb&id=1`);
        await request(url).get(path).expect(302).expect('Location', page);
        const { status } = await request(url).get(`${page}?${WITH_SECRET}`);
        expect([200, 303]).toContain(status);
      }
      await request(url).get(`/propelauth/pages/other?${WITH_SECRET}`).expect(404);
      await request(url).post('/api/v1/logout').set(FROM_FRONT_END).expect(200);
    });

    it('before catch-all routes and middleware, such as those that serve a front end', async () => {
      @Controller()
      class AnyPathController {
        @Get(':slug')
        slug() {
          return { own: true };
        }
      }
      const { url } = await start(
        {},
        (app) => {
          app.use((_request: unknown, response: ServerResponse) => response.end('the front end'));
        },
        [AnyPathController],
      );
      for (const [path, page] of SHORT_PATHS) {
        await request(url).get(path).expect(302).expect('Location', page);
        await request(url).head(path).expect(302).expect('Location', page);
        await request(url).post(path).expect(200, 'the front end');
      }
      await request(url).get('/other').expect(200, 'the front end');
    });

    it('except at paths of Fastify plugins, which may load last', async () => {
      if (globalThis.HTTP_ADAPTER !== 'fastify') return;
      const { url } = await start({}, (app) => {
        const fastify = app.getHttpAdapter().getInstance() as FastifyInstance;
        void fastify.register(async (plugin) => {
          plugin.get('/login', async () => ({ own: true }));
        });
      });
      await request(url).get('/login').expect(200, { own: true });
      await request(url).get('/signup').expect(302).expect('Location', '/propelauth/login');
    });

    it('except at paths of routes of the application', async () => {
      @Controller()
      class OwnController {
        @Get('login')
        login() {
          return { own: true };
        }

        @Get('org/:orgId')
        org() {
          return { own: true };
        }

        @Post('account')
        account() {
          return { own: true };
        }
      }
      const { url } = await start({}, undefined, [OwnController]);
      await request(url).get('/login').expect(200, { own: true });
      await request(url).get('/org/1').expect(200, { own: true });
      await request(url).post('/account').expect(201, { own: true });
      await request(url).get('/org').expect(302);
      await request(url).get('/account').expect(302);
      await request(url).get(`/propelauth/login?${WITH_SECRET}`).expect(200);
    });
  });

  it.each([
    ['GET /api/v1/refresh_token', Get('api/v1/refresh_token')],
    ['POST /api/v1/logout', Post('api/v1/logout')],
    ['GET /propelauth/users', Get('propelauth/users')],
  ])('fails to start if the application has a route %s', async (name, decorator) => {
    @Controller()
    class OwnController {
      @decorator
      own() {}
    }
    const failure = await start({}, undefined, [OwnController]).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(PropelAuthConfigurationError);
    expect(failure).toMatchObject({
      message: `${name} (OwnController.own) is also a route of PropelAuth, which LocalPropelAuthModule serves. Change the path of your route.`,
    });
  });
});
