import { Controller, Get } from '@nestjs/common';
import {
  OptionalUser,
  orgFromParam,
  orgFromQuery,
  PropelAuthModule,
  RequireOrgMember,
  RequireOrgRole,
  RequirePermission,
  RequireUser,
} from 'nestjs-propelauth';
import { TestIssuer, type TestUser } from 'nestjs-propelauth/testing';
import { beforeTests, startApplication, type RunningApplication } from '../support/application.js';
import { issuer, request, startGuarded } from '../support/guarded-application.js';
import {
  ACME,
  ACME_ID,
  alice,
  API_KEY,
  AUTH_URL,
  carol,
  dave,
  GLOBEX,
  GLOBEX_ID,
  ROLES,
  userIn,
} from '../support/project.js';
import { PropelAuthServer } from '../support/propelauth-server.js';
import { rawToken, type RawToken } from '../support/raw-token.js';

const otherIssuer = await TestIssuer.create({ roles: ROLES });

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

  @Get('query')
  @RequireOrgMember({ org: orgFromQuery() })
  query() {
    return {};
  }

  @Get('orgs/:orgId')
  @RequireOrgMember()
  org() {
    return {};
  }

  @Get('orgs/:orgId/admin')
  @RequireOrgRole('Admin')
  admin() {
    return {};
  }

  @Get('orgs/:orgId/billing')
  @RequirePermission('can_view_billing')
  billing() {
    return {};
  }
}

@Controller('orgs/:orgId/both')
@RequireOrgMember({ org: orgFromParam() })
class TwoOrgsController {
  @Get()
  @RequireOrgMember({ org: orgFromQuery('other') })
  both() {
    return {};
  }
}

const now = Math.floor(Date.now() / 1000);
const erin = userIn('erin', { ...ACME, role: 'Member' }, { ...GLOBEX, role: 'Member' });

/** Who asks: the value of an Authorization header; none for `undefined`. */
type Authorization = () => Promise<string | undefined>;

const text =
  (value?: string): Authorization =>
  () =>
    Promise.resolve(value);
const as =
  (user: TestUser, claims?: Record<string, unknown>): Authorization =>
  () =>
    issuer.authorization(user, { claims });
const raw = (token: RawToken): Authorization => text(`Bearer ${rawToken(token)}`);

/** Of each kind of failure: the reason, the path and who asks. */
const withoutToken: [string, string, Authorization][] = [
  ['token_missing', '/user', text()],
  ['token_missing', '/user', text('Basic YWxpY2U6cGFzc3dvcmQ=')],
  ['token_missing', '/user', text('Bearertoken')],
  ['token_missing', `/orgs/${ACME_ID}`, text()],
];
const withInvalidToken: [string, string, Authorization][] = [
  ['token_malformed', '/user', text('Bearer not-a-token')],
  ['token_malformed', '/user', raw({ header: 'not JSON' })],
  ['token_expired', '/user', as(alice, { exp: 1 })],
  ['token_not_yet_valid', '/user', as(alice, { iat: now + 1_000 })],
  ['token_not_yet_valid', '/user', as(alice, { nbf: now + 1_000 })],
  ['signature_invalid', '/user', () => otherIssuer.authorization(alice)],
  ['algorithm_not_allowed', '/user', raw({ header: { alg: 'HS256' } })],
  ['issuer_mismatch', '/user', as(alice, { iss: 'https://other.example' })],
  ['claims_invalid', '/user', as(alice, { exp: undefined })],
  ['claims_invalid', '/user', as(alice, { iss: undefined })],
  ['user_invalid', '/user', as(alice, { user_id: undefined })],
  ['user_invalid', `/orgs/${ACME_ID}`, as(alice, { user_id: 1 })],
];
const withoutRights: [string, string, Authorization][] = [
  ['org_missing', '/query', as(alice)],
  ['org_mismatch', `/orgs/${ACME_ID}/both?other=${GLOBEX_ID}`, as(erin)],
  ['not_a_member', `/orgs/${ACME_ID}`, as(dave)],
  ['role_missing', `/orgs/${ACME_ID}/admin`, as(carol)],
  ['permission_missing', `/orgs/${ACME_ID}/billing`, as(carol)],
];

const failures = [
  ...withoutToken.map((row) => [...row, 401, 'Bearer'] as const),
  ...withInvalidToken.map((row) => [...row, 401, 'Bearer error="invalid_token"'] as const),
  ...withoutRights.map((row) => [...row, 403, 'Bearer error="insufficient_scope"'] as const),
];

const NAMES = { 401: 'Unauthorized', 403: 'Forbidden', 503: 'Service Unavailable' };

/** The code for a status, except for the reasons that have a code of their own. */
const CODES = { 401: 'token_invalid', 403: 'org_access_denied', 503: 'unavailable' };
const codeOf = (statusCode: 401 | 403 | 503, reason: string) =>
  ['token_missing', 'token_expired'].includes(reason) ? reason : CODES[statusCode];

/** The whole body: the shape of Nest's own, the code, and under debugMode the reason and a sentence about it. */
function bodyOf(statusCode: 401 | 403 | 503, reason: string, debugMode: boolean | undefined) {
  const code = codeOf(statusCode, reason);
  if (!debugMode) return { statusCode, message: NAMES[statusCode], code };
  const message: unknown = expect.stringMatching(/^[A-Z].{20,}/);
  return { statusCode, error: NAMES[statusCode], code, reason, message };
}

describe.each([undefined, false, true])('A response, with debugMode %s,', (debugMode) => {
  const application = beforeTests(() =>
    startGuarded({ controllers: [RoutesController, TwoOrgsController] }, { debugMode }),
  );

  it.each(failures)(
    'to %s on %s contains exactly the expected headers and body',
    async (reason, path, authorizationOf, statusCode, challenge) => {
      const authorization = await authorizationOf();
      const response = await request(application.url)
        .get(path)
        .set(authorization === undefined ? {} : { authorization });
      expect(response.status).toBe(statusCode);
      expect(response.headers['www-authenticate']).toBe(challenge);
      expect(response.headers['content-type']).toMatch(/^application\/json\b/);
      expect(response.body).toEqual(bodyOf(statusCode, reason, debugMode));
    },
  );

  it('to an allowed request has no challenge', async () => {
    const allowed = await request(application.url, alice).get('/user');
    expect([allowed.status, allowed.headers['www-authenticate']]).toEqual([200, undefined]);
  });

  it('to a token and an API key on a route for users is 200, because the key is ignored', async () => {
    await request(application.url)
      .get('/user')
      .set('Authorization', await issuer.authorization(alice))
      .set('X-API-Key', 'another-key')
      .expect(200);
  });

  it('to an invalid token on an optional route has no challenge', async () => {
    const anonymous = await request(application.url)
      .get('/optional')
      .set('Authorization', 'Bearer invalid');
    expect([anonymous.status, anonymous.headers['www-authenticate']]).toEqual([200, undefined]);
  });

  it('to an unknown path is 404', async () => {
    await request(application.url).get('/unknown').set('Authorization', 'Bearer x').expect(404);
  });
});

describe.each([false, true])('A response without keys, with debugMode %s,', (debugMode) => {
  let server: PropelAuthServer;
  let application: RunningApplication;

  beforeAll(async () => {
    server = await PropelAuthServer.start();
    server.answers({ status: 500 });
    application = await startApplication({
      imports: [PropelAuthModule.forRoot({ authUrl: AUTH_URL, apiKey: API_KEY, debugMode })],
      controllers: [RoutesController, TwoOrgsController],
    });
  });

  it.each(['/user', '/optional', `/orgs/${ACME_ID}`])('to %s is 503', async (path) => {
    const response = await request(application.url, alice).get(path);
    expect(response.status).toBe(503);
    expect(response.headers['www-authenticate']).toBeUndefined();
    expect(response.body).toEqual(bodyOf(503, 'keys_unavailable', debugMode));
  });
});
