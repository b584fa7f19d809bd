import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { Controller, Get, Module } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { PropelAuthModule, tokenFromCookie, type PropelAuthModuleOptions } from 'nestjs-propelauth';
import request from 'supertest';
import { issuer } from '../../support/guarded-application.js';
import { DashboardController } from './dashboard.controller.js';
import { COOKIE, SessionController } from './session.controller.js';
import { servePages } from './serve-pages.js';

const BROWSER = { Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };
const OTHER_SITE = { Origin: 'https://evil.example.com', 'Sec-Fetch-Site': 'cross-site' };
const alice = { email: 'alice@example.com' };

@Controller('api')
class ApiController {
  @Get('me')
  me() {
    return { ok: true };
  }
}

@Module({ controllers: [DashboardController, SessionController, ApiController] })
class PagesModule {}

process.env['APP_URL'] = 'https://app.example.com';
process.env['PROPELAUTH_AUTH_URL'] = 'https://auth.example.com';

/** Instead of the package hbs. */
function render(
  _file: string,
  { email }: { email: string },
  done: (error: null, html: string) => void,
) {
  done(null, `<h1>${email}</h1>`);
}

async function start(options: PropelAuthModuleOptions, views: string) {
  const tokenSource = tokenFromCookie(COOKIE, { orHeader: true });
  const forRoot = PropelAuthModule.forRoot({ ...options, requireUserByDefault: true, tokenSource });
  const moduleRef = await Test.createTestingModule({ imports: [forRoot, PagesModule] }).compile();
  const app = moduleRef.createNestApplication<NestExpressApplication>({ logger: false });
  app.engine('hbs', render);
  servePages(app);
  app.setBaseViewsDir(views);
  await app.listen(0, '127.0.0.1');
  return app;
}

function openDashboard(app: NestExpressApplication, cookie: string) {
  const headers = { ...BROWSER, Cookie: `__Host-access_token=${cookie}` };
  return request(app.getHttpServer()).get('/dashboard').set(headers);
}

/** Where the login page returns to. */
function returnAddressOf(location: string | undefined): URL {
  const login = new URL(location ?? '');
  expect(login.origin + login.pathname).toBe('https://auth.example.com/login');
  return new URL(atob(login.searchParams.get('rt') ?? ''));
}

describe('A page', () => {
  const views = mkdtempSync(join(tmpdir(), 'views-'));
  let app: NestExpressApplication;

  beforeAll(async () => {
    writeFileSync(join(views, 'dashboard.hbs'), '<h1>{{email}}</h1>');
    app = await start(issuer.moduleOptions, views);
  });
  afterAll(async () => {
    await app.close();
    rmSync(views, { recursive: true });
  });

  /** What the session page does, with a browser library that has this token. */
  async function openSessionPage(search: string, accessToken?: string) {
    const page = await request(app.getHttpServer()).get('/session').set(BROWSER).expect(200);
    const script = /<script type="module">(.*)<\/script>/s.exec(page.text)?.[1] ?? '';
    const visited: { page?: string; cookie?: string } = {};
    const message = { textContent: '' };
    const client = { getAuthenticationInfoOrNull: async () => accessToken && { accessToken } };
    await runInNewContext(`(async () => {${script}})()`, {
      PropelAuth: {
        createClient: ({ authUrl }: { authUrl: string }) => {
          expect(authUrl).toBe('https://auth.example.com');
          return client;
        },
      },
      URL,
      URLSearchParams,
      document: { getElementById: () => message },
      location: {
        origin: 'https://app.example.com',
        search,
        replace: (to: string) => (visited.page = new URL(to, 'https://app.example.com').href),
      },
      fetch: async (path: string, init: RequestInit) => {
        const response = await fetch((await app.getUrl()) + path, init);
        visited.cookie = response.headers.getSetCookie()[0] ?? '';
        return response;
      },
    });
    return { ...visited, message: message.textContent };
  }

  it('redirects a browser to the login page, which returns to the application', async () => {
    const response = await request(app.getHttpServer()).get('/dashboard?tab=2').set(BROWSER);
    expect(response.status).toBe(302);
    const back = returnAddressOf(response.headers.location);
    expect(back.origin + back.pathname).toBe('https://app.example.com/session');
    expect(back.searchParams.get('to')).toBe('/dashboard?tab=2');
  });

  it.each<['get' | 'post', path: string, headers: Record<string, string>]>([
    ['get', '/dashboard', {}],
    ['get', '/dashboard', { Accept: 'application/json' }],
    ['get', '/api/me', BROWSER],
    ['post', '/session', BROWSER],
  ])('redirects only browsers that open it: not %s %s with %j', async (method, path, headers) => {
    await request(app.getHttpServer())[method](path).set(headers).expect(401);
  });

  it('is rendered with the cookie from the session page', async () => {
    const token = await issuer.accessToken(alice);
    const { cookie, page } = await openSessionPage('?to=%2Fdashboard%3Ftab%3D2', token);
    expect(page).toBe('https://app.example.com/dashboard?tab=2');
    const attributes = '; Path=/; HttpOnly; Secure; SameSite=Lax';
    expect(cookie).toBe(`__Host-access_token=${token}${attributes}`);
    const response = await openDashboard(app, token).expect(200);
    expect(response.text).toBe('<h1>alice@example.com</h1>');
    expect(response.headers['cache-control']).toBe('no-store');
  });

  it('redirects if the token has expired or is forged', async () => {
    const expired = await issuer.accessToken(alice, { expiresInSeconds: -120 });
    for (const token of [expired, 'junk', 'j:{"a":1}']) {
      expect((await openDashboard(app, encodeURIComponent(token))).status).toBe(302);
    }
  });

  it('reads the cookie or the header, and the route that sets the cookie only the header', async () => {
    const server = app.getHttpServer();
    const token = await issuer.accessToken(alice);
    const cookie = `${COOKIE}=${token}`;
    for (const path of ['/dashboard', '/api/me']) {
      await request(server).get(path).auth(token, { type: 'bearer' }).expect(200);
      await request(server).get(path).set('Cookie', cookie).expect(200);
    }
    for (const headers of [{ 'Sec-Fetch-Site': 'same-origin' }, OTHER_SITE]) {
      const call = request(server).post('/session');
      await call.set({ Cookie: cookie, ...headers }).expect(401);
    }
  });

  it('follows no address of another origin after sign-in', async () => {
    const token = await issuer.accessToken(alice);
    const targets = [
      'https://evil.example.com/',
      '//evil.example.com',
      '/\\evil.example.com',
      '\thttps://evil.example.com',
      '/.//evil.example.com',
      'javascript:alert(1)',
      'https://app.example.com@evil.example.com/',
    ];
    for (const target of targets) {
      const { page } = await openSessionPage(`?to=${encodeURIComponent(target)}`, token);
      expect(new URL(page ?? '').origin).toBe('https://app.example.com');
    }
  });

  it('sets no cookie without a valid token, or with one that browsers drop', async () => {
    for (const token of [undefined, 'junk']) {
      const { cookie, page, message } = await openSessionPage('?to=/dashboard', token);
      expect([cookie, page, message]).toEqual(['', undefined, 'Signing in failed: 401']);
    }
    const properties = { text: 'x'.repeat(4000) };
    const large = await issuer.accessToken({ ...alice, properties });
    const { cookie, message } = await openSessionPage('?to=/dashboard', large);
    expect([cookie, message]).toEqual(['', 'Signing in failed: 413']);
  });

  it('loses its cookie on sign-out', async () => {
    const response = await request(app.getHttpServer()).delete('/session').expect(204);
    const [cookie] = response.get('Set-Cookie') ?? [];
    expect(cookie ?? '').toMatch(/^__Host-access_token=; Path=\/; Expires=Thu, 01 Jan 1970/);
  });

  it('includes the browser library of PropelAuth', async () => {
    const library = await request(app.getHttpServer()).get('/propelauth/javascript.min.js');
    expect(library.status).toBe(200);
    const context: { PropelAuth?: { createClient: unknown } } = {};
    runInNewContext(library.text, context);
    expect(typeof context.PropelAuth?.createClient).toBe('function');
  });

  it('returns 503, without a redirect, without a verification key', async () => {
    const realFetch = globalThis.fetch;
    globalThis.fetch = () => Promise.reject(new TypeError('fetch failed'));
    const { authUrl, apiKey } = issuer.moduleOptions;
    const other = await start({ authUrl, apiKey }, views);
    const { status } = await openDashboard(other, await issuer.accessToken(alice));
    await other.close();
    globalThis.fetch = realFetch;
    expect(status).toBe(503);
  });
});
