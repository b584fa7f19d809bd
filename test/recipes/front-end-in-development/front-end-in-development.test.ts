import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';

const SECRET = 'the-secret-of-the-tests';
process.env.LOCAL_SECRET = SECRET;
const { FRONT_END, LocalAppModule } = await import('./local-app.module.js');

const ORIGIN = 'http://localhost:3000';

/** What @propelauth/javascript sends. */
const FROM_FRONT_END = { Origin: FRONT_END, 'Content-Type': 'application/json' };

interface AuthenticationInfo {
  access_token: string;
  user: { username: string };
  org_id_to_org_member_info: Record<string, object>;
}

async function read(response: Response): Promise<AuthenticationInfo> {
  return (await response.json()) as AuthenticationInfo;
}

for (const Adapter of [ExpressAdapter, FastifyAdapter]) {
  describe(`A front end in development, with ${Adapter.name}`, () => {
    let app: INestApplication;
    let url: string;

    before(async () => {
      app = await NestFactory.create(LocalAppModule, new Adapter(), { logger: false });
      app.enableCors({ origin: FRONT_END, credentials: true });
      await app.listen(0, '127.0.0.1');
      url = await app.getUrl();
    });

    after(() => app.close());

    /** Chooses alice on the sign-in page; the session. */
    async function signIn(): Promise<string> {
      const response = await fetch(`${url}/propelauth/login?local_secret=${SECRET}`, {
        method: 'POST',
        headers: { Origin: ORIGIN, 'Content-Type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ user: 'alice', rt: btoa(`${FRONT_END}/reports`) }),
        redirect: 'manual',
      });
      assert.equal(response.headers.get('location'), `${FRONT_END}/reports`);
      return response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    }

    function refreshToken(session: string, query = '') {
      const headers = { ...FROM_FRONT_END, Cookie: session };
      return fetch(`${url}/api/v1/refresh_token${query}`, { headers });
    }

    test('is signed out at first', async () => {
      assert.equal((await refreshToken('')).status, 401);
    });

    test('may send its preflight requests', async () => {
      const { headers } = await fetch(`${url}/api/v1/refresh_token`, {
        method: 'OPTIONS',
        headers: {
          Origin: FRONT_END,
          'Access-Control-Request-Method': 'GET',
          'Access-Control-Request-Headers': 'content-type',
        },
      });
      assert.equal(headers.get('access-control-allow-origin'), FRONT_END);
      assert.equal(headers.get('access-control-allow-credentials'), 'true');
    });

    test('calls the API as alice, in her active organization', async () => {
      const session = await signIn();
      const { user, org_id_to_org_member_info: orgs } = await read(await refreshToken(session));
      assert.equal(user.username, 'alice');
      const [orgId] = Object.keys(orgs);
      const { access_token: token } = await read(
        await refreshToken(session, `?active_org_id=${orgId}`),
      );
      const response = await fetch(`${url}/reports`, {
        headers: { Origin: FRONT_END, Authorization: `Bearer ${token}` },
      });
      assert.deepEqual(await response.json(), { orgName: 'Acme Inc' });
      assert.equal(response.headers.get('access-control-allow-origin'), FRONT_END);
    });

    test('signs out', async () => {
      const response = await fetch(`${url}/api/v1/logout`, {
        method: 'POST',
        headers: FROM_FRONT_END,
      });
      assert.deepEqual(await response.json(), { redirect_to: FRONT_END });
      assert.match(response.headers.getSetCookie()[0] ?? '', /=; .*Max-Age=0/);
    });
  });
}
