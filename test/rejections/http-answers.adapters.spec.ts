import { Controller, Get } from '@nestjs/common';
import { OptionalUser, PropelAuthModule, RequireOrgRole, RequireUser } from 'nestjs-propelauth';
import { beforeTests, startApplication } from '../support/application.js';
import { issuer, request, startGuarded } from '../support/guarded-application.js';
import { ACME_ID, alice, API_KEY, AUTH_URL, carol, dave } from '../support/project.js';
import { PropelAuthServer } from '../support/propelauth-server.js';

@Controller()
class RoutesController {
  @Get('user')
  @RequireUser()
  user() {
    return {};
  }

  @Get('optional')
  @OptionalUser()
  optional() {
    return {};
  }

  @Get('orgs/:orgId')
  @RequireOrgRole('Admin')
  admin() {
    return {};
  }
}

const ORG = `/orgs/${ACME_ID}`;
const INVALID = 'Bearer error="invalid_token"';
const SCOPE = 'Bearer error="insufficient_scope"';

type Failure = [
  reason: string,
  path: string,
  authorization: string | undefined,
  status: 401 | 403 | 503,
  code: string,
  challenge?: string,
];

// All other reasons have bodies and headers of the same form: see lib/rejections/rejection.exceptions.spec.ts.
const failures: Failure[] = [
  ['token_missing', '/user', undefined, 401, 'token_missing', 'Bearer'],
  ['token_missing', '/user', 'Basic YWxpY2U6cGFzc3dvcmQ=', 401, 'token_missing', 'Bearer'],
  ['token_missing', '/user', 'Bearertoken', 401, 'token_missing', 'Bearer'],
  ['token_missing', ORG, undefined, 401, 'token_missing', 'Bearer'],
  ['token_malformed', '/user', 'Bearer not-a-token', 401, 'token_invalid', INVALID],
  [
    'token_expired',
    '/user',
    await issuer.authorization(alice, { claims: { exp: 1 } }),
    401,
    'token_expired',
    INVALID,
  ],
  [
    'user_invalid',
    ORG,
    await issuer.authorization(alice, { claims: { user_id: 1 } }),
    401,
    'token_invalid',
    INVALID,
  ],
  ['not_a_member', ORG, await issuer.authorization(dave), 403, 'org_access_denied', SCOPE],
  ['role_missing', ORG, await issuer.authorization(carol), 403, 'org_access_denied', SCOPE],
];

const NAMES = { 401: 'Unauthorized', 403: 'Forbidden', 503: 'Service Unavailable' };

/** Asks, and compares the whole answer: the shape of Nest's own, the code, and under debugMode the reason and a sentence about it. */
async function expectFailure(
  url: string,
  [reason, path, authorization, statusCode, code, challenge]: Failure,
  debugMode: boolean | undefined,
) {
  const { status, headers, body } = await request(url)
    .get(path)
    .set(authorization === undefined ? {} : { authorization });
  const error = NAMES[statusCode];
  const message: unknown = expect.stringMatching(/^[A-Z].{20,}/);
  expect({ status, body: body as unknown }).toEqual({
    status: statusCode,
    body: debugMode
      ? { statusCode, error, code, reason, message }
      : { statusCode, message: error, code },
  });
  expect(headers['www-authenticate']).toBe(challenge);
  expect(headers['content-type']).toMatch(/^application\/json\b/);
}

describe.each([undefined, false, true])('A response, with debugMode %s,', (debugMode) => {
  const application = beforeTests(() =>
    startGuarded({ controllers: [RoutesController] }, { debugMode }),
  );

  it.each(failures)(
    'to %s on %s contains exactly the expected headers and body',
    async (...row) => {
      await expectFailure(application.url, row, debugMode);
    },
  );

  it.each<[string, string, object]>([
    ['an allowed request', '/user', {}],
    ['a token beside an API key, which is ignored', '/user', { 'X-API-Key': 'another-key' }],
    ['an invalid token on an optional route', '/optional', { Authorization: 'Bearer invalid' }],
  ])('to %s is 200, without a challenge', async (_what, path, headers) => {
    const { status, headers: received } = await request(application.url)
      .get(path)
      .set({ Authorization: await issuer.authorization(alice), ...headers });
    expect([status, received['www-authenticate']]).toEqual([200, undefined]);
  });

  it('to an unknown path is 404', async () => {
    await request(application.url).get('/unknown').set('Authorization', 'Bearer x').expect(404);
  });
});

it.each([false, true])(
  'Without keys, responses to access tokens are 503, with debugMode %s',
  async (debugMode) => {
    const server = await PropelAuthServer.start();
    server.answers({ status: 500 });
    const { url } = await startApplication({
      imports: [PropelAuthModule.forRoot({ authUrl: AUTH_URL, apiKey: API_KEY, debugMode })],
      controllers: [RoutesController],
    });
    const token = await issuer.authorization(alice);
    for (const path of ['/user', '/optional', ORG]) {
      const failure: Failure = ['keys_unavailable', path, token, 503, 'unavailable'];
      await expectFailure(url, failure, debugMode);
    }
  },
);
