import { decodeJwt } from 'jose';
import request from 'supertest';
import {
  CODE_CHALLENGE,
  codeOf,
  CODE_VERIFIER,
  encode,
  exchange,
  TOKEN,
  TOKEN_REQUEST,
  type Parameters,
} from './oauth.js';
import { accessTokenOf, LOCAL, startSampleApp, type SampleApp } from './sample-app.js';

const ACME = 'acce0000-0000-4000-8000-000000000000';

/** What is wrong with a request, and which error it is (RFC 6749, section 5.2). */
const WRONG: [string, Parameters, string][] = [
  ['no grant_type', { grant_type: undefined }, 'invalid_request'],
  ['the grant_type password', { grant_type: 'password' }, 'unsupported_grant_type'],
  ['no client_id', { client_id: undefined }, 'invalid_request'],
  ['another client_id', { client_id: 'another' }, 'invalid_client'],
  ['a client_secret', { client_secret: 'secret' }, 'invalid_client'],
  ['no code', { code: undefined }, 'invalid_request'],
  ['an empty code', { code: '' }, 'invalid_request'],
  ['a code that was never issued', { code: 'A'.repeat(43) }, 'invalid_grant'],
  ['no redirect_uri', { redirect_uri: undefined }, 'invalid_request'],
  [
    'another redirect_uri',
    { redirect_uri: 'http://127.0.0.1:3000/docs/oauth2-redirect.html' },
    'invalid_grant',
  ],
  ['no code_verifier', { code_verifier: undefined }, 'invalid_request'],
  ['a short code_verifier', { code_verifier: 'A'.repeat(42) }, 'invalid_request'],
  ['a long code_verifier', { code_verifier: 'A'.repeat(129) }, 'invalid_request'],
  ['a code_verifier with invalid characters', { code_verifier: 'ä'.repeat(43) }, 'invalid_request'],
  ['another code_verifier', { code_verifier: 'A'.repeat(43) }, 'invalid_grant'],
  ['the code_challenge for a code_verifier', { code_verifier: CODE_CHALLENGE }, 'invalid_grant'],
  ['two code_verifiers', { code_verifier: [CODE_VERIFIER, CODE_VERIFIER] }, 'invalid_request'],
  ['two client_ids', { client_id: ['sample-app-docs', 'another'] }, 'invalid_request'],
  ['two of an unknown parameter', { unknown: ['1', '2'] }, 'invalid_request'],
];

describe('The token endpoint', () => {
  let sampleApp: SampleApp;

  beforeAll(async () => {
    sampleApp = await startSampleApp(LOCAL);
  });

  afterAll(() => sampleApp.close());

  it('returns an access token for a code, with no-store', async () => {
    const code = await codeOf('alice', sampleApp);
    const { body } = await exchange(sampleApp, { code })
      .expect(200)
      .expect('Content-Type', /^application\/json\b/)
      .expect('Cache-Control', 'no-store');
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 1800,
    });
  });

  it.each(['alice', 'bob', 'carol', 'dave'])(
    'issues tokens for %s with the usual claims',
    async (user) => {
      const token = await tokenFor(await codeOf(user, sampleApp));
      expect(claimsIn(token)).toEqual(claimsIn(await accessTokenOf(user, sampleApp)));
    },
  );

  it('returns a token with the lifetime that it states', async () => {
    const { exp, iat } = decodeJwt(await tokenFor(await codeOf('alice', sampleApp)));
    expect(exp! - iat!).toBe(1800);
  });

  it('returns a token that the app accepts', async () => {
    const token = await tokenFor(await codeOf('bob', sampleApp));
    await request(sampleApp.url)
      .get(`/api/org/${ACME}/admin_only`)
      .auth(token, { type: 'bearer' })
      .expect(200);
  });

  it('scopes the token to the requested organization', async () => {
    const token = await tokenFor(await codeOf('carol', sampleApp, { org_id: ACME }));
    const { org_id_to_org_member_info: all, ...user } = claimsIn(
      await accessTokenOf('carol', sampleApp),
    );
    expect(claimsIn(token)).toEqual({
      ...user,
      org_member_info: (all as Record<string, unknown>)[ACME],
    });
    await request(sampleApp.url)
      .get(`/api/org/${ACME}/check`)
      .auth(token, { type: 'bearer' })
      .expect(200);
  });

  it('does not let other web pages read the response', async () => {
    const code = await codeOf('alice', sampleApp);
    const { headers } = await exchange(sampleApp, { code }).set('Origin', 'https://evil.example');
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('treats an empty client_secret as absent', async () => {
    const code = await codeOf('alice', sampleApp);
    const { status } = await exchange(sampleApp, { code, client_secret: '' });
    expect(status).toBe(200);
  });

  it('accepts a form with a charset', async () => {
    const code = await codeOf('alice', sampleApp);
    const type = 'Application/X-WWW-Form-Urlencoded; charset=UTF-8';
    const { status } = await exchange(sampleApp, { code }).set('Content-Type', type);
    expect(status).toBe(200);
  });

  it('rejects a code that was used before', async () => {
    const code = await codeOf('alice', sampleApp);
    await exchange(sampleApp, { code }).expect(200);
    await expectRefusal({ code }, 'invalid_grant');
  });

  it('returns one token for two concurrent requests with the same code', async () => {
    const code = await codeOf('alice', sampleApp);
    const answers = await Promise.all([1, 2].map(() => exchange(sampleApp, { code })));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.toSorted((one, other) => one - other)).toEqual([200, 400]);
  });

  it('rejects a code after a request with the wrong code_verifier', async () => {
    const code = await codeOf('alice', sampleApp);
    await expectRefusal({ code, code_verifier: 'A'.repeat(43) }, 'invalid_grant');
    await expectRefusal({ code }, 'invalid_grant');
  });

  it.each(WRONG)('rejects %s', async (_case, parameters, error) => {
    await expectRefusal({ code: await codeOf('alice', sampleApp), ...parameters }, error);
  });

  it('rejects JSON', async () => {
    const code = await codeOf('alice', sampleApp);
    const { body } = await request(sampleApp.url)
      .post(TOKEN)
      .send({ ...TOKEN_REQUEST, code })
      .expect(400);
    expect(body).toMatchObject({ error: 'invalid_request' });
  });

  it('ignores the query', async () => {
    const code = await codeOf('alice', sampleApp);
    const { body } = await request(sampleApp.url)
      .post(`${TOKEN}?${encode({ ...TOKEN_REQUEST, code })}`)
      .type('form')
      .send('')
      .expect(400);
    expect(body).toMatchObject({ error: 'invalid_request' });
  });

  it('returns 404 for GET', async () => {
    await request(sampleApp.url).get(TOKEN).expect(404);
  });

  async function tokenFor(code: string): Promise<string> {
    const { body } = await exchange(sampleApp, { code }).expect(200);
    return (body as { access_token: string }).access_token;
  }

  async function expectRefusal(parameters: Parameters, error: string): Promise<void> {
    const { body } = await exchange(sampleApp, parameters)
      .expect(400)
      .expect('Content-Type', /^application\/json\b/)
      .expect('Cache-Control', 'no-store');
    expect(body).toEqual({ error, error_description: expect.any(String) });
  }
});

/** The claims about the user, without the times. */
function claimsIn(token: string): Record<string, unknown> {
  const { iat: _iat, exp: _exp, ...claims } = decodeJwt(token);
  return claims;
}
