import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { runInNewContext } from 'node:vm';
import { Controller, Get, Module } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { PropelAuthModule, type PropelAuthModuleOptions } from 'nestjs-propelauth';
import { TestIssuer } from 'nestjs-propelauth/testing';
import request from 'supertest';
import { DashboardController } from './dashboard.controller.js';
import { SessionController } from './session.controller.js';
import { setUpPages } from './set-up-pages.js';

const BROWSER = { Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };
const alice = { email: 'alice@example.com' };

@Controller('api')
class ApiController {
  @Get('me')
  me() {
    return { ok: true };
  }
}

@Module({ controllers: [DashboardController, SessionController, ApiController] })
class AppModule {}

process.env.APP_URL = 'https://app.example.com';
process.env.PROPELAUTH_AUTH_URL = 'https://auth.example.com';

async function start(options: PropelAuthModuleOptions, views: string) {
  const forRoot = PropelAuthModule.forRoot({ ...options, requireUserByDefault: true });
  const moduleRef = await Test.createTestingModule({ imports: [forRoot, AppModule] }).compile();
  const app = moduleRef.createNestApplication<NestExpressApplication>({ logger: false });
  setUpPages(app);
  app.setBaseViewsDir(views);
  await app.listen(0, '127.0.0.1');
  return app;
}

/** Where the login page returns to. */
function returnAddressOf(location: string | undefined): URL {
  const login = new URL(location ?? '');
  assert.equal(login.origin + login.pathname, 'https://auth.example.com/login');
  return new URL(atob(login.searchParams.get('rt') ?? ''));
}

describe('A page', () => {
  const views = mkdtempSync(join(tmpdir(), 'views-'));
  let issuer: TestIssuer;
  let app: NestExpressApplication;

  before(async () => {
    writeFileSync(join(views, 'dashboard.hbs'), '<h1>{{email}}</h1>');
    issuer = await TestIssuer.create();
    app = await start(issuer.moduleOptions, views);
  });
  after(async () => {
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
          assert.equal(authUrl, 'https://auth.example.com');
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
    assert.equal(response.status, 302);
    const back = returnAddressOf(response.headers.location);
    assert.equal(back.origin + back.pathname, 'https://app.example.com/session');
    assert.equal(back.searchParams.get('to'), '/dashboard?tab=2');
  });

  it('redirects only browsers that open it', async () => {
    const server = app.getHttpServer();
    await request(server).get('/dashboard').expect(401);
    await request(server).get('/dashboard').set('Accept', 'application/json').expect(401);
    await request(server).get('/api/me').set(BROWSER).expect(401);
    await request(server).post('/session').set(BROWSER).expect(401);
  });

  it('is rendered with the cookie from the session page', async () => {
    const token = await issuer.accessToken(alice);
    const { cookie, page } = await openSessionPage('?to=%2Fdashboard%3Ftab%3D2', token);
    assert.equal(page, 'https://app.example.com/dashboard?tab=2');
    const attributes = '; Path=/; HttpOnly; Secure; SameSite=Lax';
    assert.equal(cookie, `__Host-access_token=${token}${attributes}`);
    const response = await request(app.getHttpServer())
      .get('/dashboard')
      .set(BROWSER)
      .set('Cookie', `__Host-access_token=${token}`)
      .expect(200);
    assert.equal(response.text, '<h1>alice@example.com</h1>');
    assert.equal(response.headers['cache-control'], 'no-store');
  });

  it('redirects if the token has expired or is forged', async () => {
    const expired = await issuer.accessToken(alice, { expiresInSeconds: -120 });
    for (const token of [expired, 'junk', 'j:{"a":1}']) {
      await request(app.getHttpServer())
        .get('/dashboard')
        .set(BROWSER)
        .set('Cookie', `__Host-access_token=${encodeURIComponent(token)}`)
        .expect(302);
    }
  });

  it('reads only the cookie, and other handlers only the header', async () => {
    const server = app.getHttpServer();
    const token = await issuer.accessToken(alice);
    await request(server).get('/dashboard').auth(token, { type: 'bearer' }).expect(401);
    await request(server).get('/api/me').set('Cookie', `__Host-access_token=${token}`).expect(401);
    await request(server).get('/api/me').auth(token, { type: 'bearer' }).expect(200);
    await request(server)
      .post('/session')
      .set('Cookie', `__Host-access_token=${token}`)
      .expect(401);
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
      assert.equal(new URL(page ?? '').origin, 'https://app.example.com', target);
    }
  });

  it('sets no cookie without a valid token, or with one that browsers drop', async () => {
    for (const token of [undefined, 'junk']) {
      const { cookie, page, message } = await openSessionPage('?to=/dashboard', token);
      assert.deepEqual([cookie, page, message], ['', undefined, 'Signing in failed: 401']);
    }
    const properties = { text: 'x'.repeat(4000) };
    const large = await issuer.accessToken({ ...alice, properties });
    const { cookie, message } = await openSessionPage('?to=/dashboard', large);
    assert.deepEqual([cookie, message], ['', 'Signing in failed: 413']);
  });

  it('loses its cookie on sign-out', async () => {
    const response = await request(app.getHttpServer()).delete('/session').expect(204);
    const [cookie] = response.get('Set-Cookie') ?? [];
    assert.match(cookie ?? '', /^__Host-access_token=; Path=\/; Expires=Thu, 01 Jan 1970/);
  });

  it('includes the browser library of PropelAuth', async () => {
    const library = await request(app.getHttpServer()).get('/propelauth/javascript.min.js');
    assert.equal(library.status, 200);
    const context: { PropelAuth?: { createClient: unknown } } = {};
    runInNewContext(library.text, context);
    assert.equal(typeof context.PropelAuth?.createClient, 'function');
  });

  it('returns 503, without a redirect, without a verification key', async () => {
    const realFetch = globalThis.fetch;
    globalThis.fetch = () => Promise.reject(new TypeError('fetch failed'));
    const { authUrl, apiKey } = issuer.moduleOptions;
    const other = await start({ authUrl, apiKey }, views);
    const response = await request(other.getHttpServer())
      .get('/dashboard')
      .set(BROWSER)
      .set('Cookie', `__Host-access_token=${await issuer.accessToken(alice)}`);
    await other.close();
    globalThis.fetch = realFetch;
    assert.equal(response.status, 503);
  });
});
