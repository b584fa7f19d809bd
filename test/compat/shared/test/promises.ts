// Not node:assert/strict: in Jest what comes from Node.js itself has other prototypes.
import { deepEqual, equal, rejects } from 'node:assert';
import { UnauthorizedException, type INestApplication } from '@nestjs/common';
import { PropelAuthService, PropelAuthUnauthorizedException } from 'nestjs-propelauth';
import { expectAccess } from 'nestjs-propelauth/testing';
import { createDocument } from '../src/docs.js';
import { holdPromises } from './hold-promises.js';
import { get } from './http.js';
import { accessToken, forgedToken, ORG_ID } from './issuer.js';
import { testingPromises } from './testing-promises.js';

const BILLING = `/orgs/${ORG_ID}/billing`;

/** What every application keeps, by name; each test runner wraps it in its own way. */
export const promises: Record<string, (app: INestApplication) => Promise<void>> = {
  'returns 401 without a token': async (app) => {
    deepEqual(await get(app, '/account'), {
      status: 401,
      challenge: 'Bearer',
      body: { message: 'Unauthorized', statusCode: 401, code: 'token_missing' },
    });
  },
  'returns 401 for a forged token': async (app) => {
    const { status, challenge } = await get(app, '/account', forgedToken());
    equal(status, 401);
    equal(challenge, 'Bearer error="invalid_token"');
  },
  'returns 200 for an access token, and injects a User': async (app) => {
    const { status, body } = await get(app, '/account', accessToken());
    equal(status, 200);
    deepEqual(body, { userId: 'alice', isUser: true });
  },
  'allows every caller if a user is optional': async (app) => {
    deepEqual((await get(app, '/greeting')).body, { hello: 'stranger' });
    deepEqual((await get(app, '/greeting', accessToken())).body, { hello: 'alice' });
  },
  'allows every caller on a public route': async (app) => {
    equal((await get(app, '/health')).status, 200);
  },
  'returns 200 for the role that a route requires': async (app) => {
    const { status, body } = await get(app, BILLING, accessToken('Admin'));
    equal(status, 200);
    deepEqual(body, { orgName: 'Acme Inc' });
  },
  'returns 403 for a lower role, and for a user who is not a member': async (app) => {
    equal((await get(app, BILLING, accessToken('Member'))).status, 403);
    equal((await get(app, BILLING, accessToken())).status, 403);
  },
  'throws exceptions of the classes of Nest and of the package': async (app) => {
    const rejected = app.get(PropelAuthService).validateAccessToken(forgedToken());
    await rejects(
      rejected,
      (error) =>
        error instanceof UnauthorizedException && error instanceof PropelAuthUnauthorizedException,
    );
  },
  'documents what the guard does': async (app) => {
    const { paths } = createDocument(app);
    deepEqual(paths['/account']?.get?.security, [{ bearer: [] }]);
    deepEqual(paths['/health']?.get?.security, []);
    equal(paths['/orgs/{orgId}/billing']?.get?.responses['403'] === undefined, false);
  },
  'lists who may call which route': async (app) => {
    expectAccess(app).toHaveNoOpenHandlers();
  },
  ...holdPromises,
  ...testingPromises,
};
