import { equal, rejects } from 'node:assert';
import type { INestApplication } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { PropelAuthApi, PropelAuthApiError } from 'nestjs-propelauth';
import { LocalPropelAuthModule } from 'nestjs-propelauth/local';
import { FakePropelAuthApi, TestIssuer } from 'nestjs-propelauth/testing';
import { get } from './http.js';

const ALICE = { email: 'alice@example.com', orgs: [{ orgName: 'Acme Inc', role: 'Admin' }] };

const SECRET = 'the-secret-of-the-tests';
const WITH_SECRET = `local_secret=${SECRET}`;

/** What the replacements of PropelAuth promise, by name. */
export const testingPromises: Record<string, (app: INestApplication) => Promise<void>> = {
  'has a fake PropelAuth for tests': async () => {
    const issuer = await TestIssuer.create();
    const api = new FakePropelAuthApi({ issuer, users: [ALICE] });
    equal(api instanceof PropelAuthApi, true);
    equal((await api.fetchUserMetadataByEmail(ALICE.email))?.userId, issuer.userId(ALICE));
    await rejects(api.createOrg({ name: '' }), (error) => error instanceof PropelAuthApiError);
  },
  'runs without PropelAuth while it is developed': async (app) => {
    const local = await startLocally(app);
    try {
      const { body } = await get(local, `/api/v1/refresh_token?user=alice&${WITH_SECRET}`);
      equal(typeof (body as { access_token: unknown }).access_token, 'string');
      const page = await fetch(`${await local.getUrl()}/propelauth/users?${WITH_SECRET}`);
      equal(page.headers.get('content-type'), 'text/html; charset=utf-8');
      equal((await page.text()).includes('Owner of Acme Inc'), true);
    } finally {
      await local.close();
    }
  },
};

/** An application over the same HTTP adapter, with the default users. */
async function startLocally(app: INestApplication): Promise<INestApplication> {
  const Adapter = app.getHttpAdapter().constructor as new () => AbstractHttpAdapter;
  // It does not run beside a PropelAuth project.
  delete process.env['PROPELAUTH_AUTH_URL'];
  const moduleRef = await Test.createTestingModule({
    imports: [
      LocalPropelAuthModule.forRoot({
        enabled: true,
        origin: 'http://localhost:3000',
        secret: SECRET,
      }),
    ],
  }).compile();
  const local = moduleRef.createNestApplication(new Adapter(), { logger: false });
  local.setGlobalPrefix('prefix');
  await local.listen(0, '127.0.0.1');
  return local;
}
