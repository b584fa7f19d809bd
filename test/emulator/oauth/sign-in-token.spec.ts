import { decodeJwt } from 'jose';
import * as oauth from 'oauth4webapi';
import type { Emulator } from 'propelauth-emulator';
import { stopClock } from '../../support/fake-timers.js';
import {
  ACME,
  ALICE,
  CODE_CHALLENGE,
  codeOf,
  CODE_VERIFIER,
  createProject,
  encode,
  exchange,
  ORIGIN,
  signIn,
  TOKEN,
  TOKEN_REQUEST,
  type Parameters,
} from './oauth-client.js';

const USERINFO = '/propelauth/oauth/userinfo';

/** What is wrong with a request, and which error it is (RFC 6749, section 5.2). */
const WRONG: [string, Parameters, string][] = [
  ['no grant_type', { grant_type: undefined }, 'invalid_request'],
  ['the grant_type password', { grant_type: 'password' }, 'unsupported_grant_type'],
  ['no client_id', { client_id: undefined }, 'invalid_request'],
  ['another client_id', { client_id: 'another' }, 'invalid_grant'],
  ['no code', { code: undefined }, 'invalid_request'],
  ['an empty code', { code: '' }, 'invalid_request'],
  ['a code that was never issued', { code: 'A'.repeat(43) }, 'invalid_grant'],
  ['no redirect_uri', { redirect_uri: undefined }, 'invalid_request'],
  ...[
    'http://127.0.0.1:3000/docs/oauth2-redirect.html',
    'http://localhost:3001/docs/oauth2-redirect.html',
    'http://LOCALHOST:3000/docs/oauth2-redirect.html',
    'http://localhost:3000/docs/oauth2-redirect.html/',
    'http://localhost:3000/docs/../docs/oauth2-redirect.html',
    'http://localhost:3000/docs/oauth2-redirect.html?next=1',
  ].map((uri): [string, Parameters, string] => [
    `the redirect_uri ${uri}`,
    { redirect_uri: uri },
    'invalid_grant',
  ]),
  ['no code_verifier', { code_verifier: undefined }, 'invalid_request'],
  ['a short code_verifier', { code_verifier: 'A'.repeat(42) }, 'invalid_request'],
  ['a long code_verifier', { code_verifier: 'A'.repeat(129) }, 'invalid_request'],
  ['a code_verifier with invalid characters', { code_verifier: 'ä'.repeat(43) }, 'invalid_request'],
  ['another code_verifier', { code_verifier: 'A'.repeat(43) }, 'invalid_grant'],
  ['the code_challenge for a code_verifier', { code_verifier: CODE_CHALLENGE }, 'invalid_grant'],
  ['two code_verifiers', { code_verifier: [CODE_VERIFIER, CODE_VERIFIER] }, 'invalid_request'],
  ['two client_ids', { client_id: ['docs', 'another'] }, 'invalid_request'],
  ['two of an unknown parameter', { unknown: ['1', '2'] }, 'invalid_request'],
];

interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
}

let emulator: Emulator;

beforeEach(async () => {
  emulator = await createProject();
});

async function tokensOf(response: Response): Promise<Tokens> {
  expect(response.status).toBe(200);
  return (await response.json()) as Tokens;
}

function refresh(refreshToken: string, parameters: Parameters = {}): Promise<Response> {
  const request = { grant_type: 'refresh_token', client_id: 'docs', refresh_token: refreshToken };
  return emulator.fetch(ORIGIN + TOKEN, {
    method: 'POST',
    body: encode({ ...request, ...parameters }),
  });
}

async function expectRejected(response: Response, error: string): Promise<void> {
  expect(response.status).toBe(400);
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(await response.json()).toEqual({ error, error_description: expect.any(String) });
}

function disable(): Promise<Response> {
  return emulator.fetch(`${ORIGIN}/api/backend/v1/user/${ALICE}/disable`, {
    method: 'POST',
    headers: { authorization: `Bearer ${emulator.issuer.apiKey}` },
  });
}

async function signedIn(): Promise<Tokens> {
  const code = await codeOf(emulator, 'alice');
  return tokensOf(await exchange(emulator, { code }));
}

function ask(authorization: string): Promise<Response> {
  return emulator.fetch(ORIGIN + USERINFO, { headers: { authorization } });
}

function authorizationOf(options: object): Promise<string> {
  return emulator.issuer.authorization(emulator.user('alice'), options);
}

describe('/propelauth/oauth/token', () => {
  it('returns an access token of 30 minutes and a refresh token for a code, with no-store', async () => {
    const response = await exchange(emulator, { code: await codeOf(emulator, 'alice') });
    expect(response.headers.get('cache-control')).toBe('no-store');
    const body = (await response.json()) as Tokens;
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 1800,
      refresh_token: expect.stringMatching(/^[\w-]{43}$/),
    });
    const { exp = 0, iat = 0, iss, user_id: userId } = decodeJwt(body.access_token);
    expect([exp - iat, iss, userId]).toEqual([1800, ORIGIN, ALICE]);
  });

  it('scopes the token to the requested organization, and the refreshed one', async () => {
    const code = await codeOf(emulator, 'alice', { org_id: ACME });
    const first = await tokensOf(await exchange(emulator, { code }));
    const second = await tokensOf(await refresh(first.refresh_token));
    for (const { access_token: token } of [first, second]) {
      expect(decodeJwt(token)).toMatchObject({ org_member_info: { org_id: ACME } });
      expect(decodeJwt(token)).not.toHaveProperty('org_id_to_org_member_info');
    }
  });

  it.each<[string, Parameters, Record<string, string>]>([
    ['in the body', { client_secret: 'secret' }, {}],
    [
      'in the header',
      { client_id: undefined },
      { authorization: `Basic ${Buffer.from('docs:secret').toString('base64')}` },
    ],
    ['that is empty', { client_secret: '' }, {}],
  ])('ignores a client secret %s', async (_where, parameters, headers) => {
    const code = await codeOf(emulator, 'alice');
    expect((await exchange(emulator, { code, ...parameters }, headers)).status).toBe(200);
  });

  it('accepts a form with a charset', async () => {
    const code = await codeOf(emulator, 'alice');
    const type = 'Application/X-WWW-Form-Urlencoded; charset=UTF-8';
    expect((await exchange(emulator, { code }, { 'content-type': type })).status).toBe(200);
  });

  it('rejects a code that was used before, and ends its refresh token', async () => {
    const code = await codeOf(emulator, 'alice');
    const tokens = await tokensOf(await exchange(emulator, { code }));
    await expectRejected(await exchange(emulator, { code }), 'invalid_grant');
    await expectRejected(await refresh(tokens.refresh_token), 'invalid_grant');
  });

  it('returns one token for two concurrent requests with the same code', async () => {
    const code = await codeOf(emulator, 'alice');
    const answers = await Promise.all([1, 2].map(() => exchange(emulator, { code })));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.toSorted((one, other) => one - other)).toEqual([200, 400]);
  });

  it('rejects a code after a request with the wrong code_verifier', async () => {
    const code = await codeOf(emulator, 'alice');
    const wrong = await exchange(emulator, { code, code_verifier: 'A'.repeat(43) });
    await expectRejected(wrong, 'invalid_grant');
    await expectRejected(await exchange(emulator, { code }), 'invalid_grant');
  });

  it('rejects a code after a minute', async () => {
    stopClock(1_800_000_000_000);
    const [early, late] = [await codeOf(emulator, 'alice'), await codeOf(emulator, 'alice')];
    jest.setSystemTime(1_800_000_000_000 + 59_999);
    expect((await exchange(emulator, { code: early })).status).toBe(200);
    jest.setSystemTime(1_800_000_000_000 + 60_000);
    await expectRejected(await exchange(emulator, { code: late }), 'invalid_grant');
  });

  it('keeps the latest hundred codes', async () => {
    const [first, second] = [await codeOf(emulator, 'alice'), await codeOf(emulator, 'alice')];
    for (let more = 0; more < 99; more += 1) await codeOf(emulator, 'alice');
    await expectRejected(await exchange(emulator, { code: first }), 'invalid_grant');
    expect((await exchange(emulator, { code: second })).status).toBe(200);
  });

  it.each(WRONG)('rejects %s', async (_case, parameters, error) => {
    const code = await codeOf(emulator, 'alice');
    await expectRejected(await exchange(emulator, { code, ...parameters }), error);
  });

  it('rejects JSON, and ignores the query', async () => {
    const request = { ...TOKEN_REQUEST, code: await codeOf(emulator, 'alice') };
    const url = ORIGIN + TOKEN;
    const json = { method: 'POST', body: JSON.stringify(request) };
    await expectRejected(await emulator.fetch(url, json), 'invalid_request');
    const inQuery = `${url}?${encode(request).toString()}`;
    const form = { method: 'POST', body: new URLSearchParams() };
    await expectRejected(await emulator.fetch(inQuery, form), 'invalid_request');
  });

  describe('with a refresh token', () => {
    it('returns a new one, and ends them all if an old one comes again', async () => {
      const first = await signedIn();
      const second = await tokensOf(await refresh(first.refresh_token));
      expect(second.refresh_token).not.toBe(first.refresh_token);
      await expectRejected(await refresh(first.refresh_token), 'invalid_grant');
      await expectRejected(await refresh(second.refresh_token), 'invalid_grant');
    });

    it('of another client returns nothing', async () => {
      const { refresh_token: token } = await signedIn();
      await expectRejected(await refresh(token, { client_id: 'another' }), 'invalid_grant');
      await tokensOf(await refresh(token));
    });

    it.each([undefined, '', 'unknown'])('%j returns an error', async (token) => {
      const error = token === 'unknown' ? 'invalid_grant' : 'invalid_request';
      await expectRejected(await refresh('', { refresh_token: token }), error);
    });

    it('of a disabled user, or after a reset, returns nothing', async () => {
      const [{ refresh_token: one }, { refresh_token: other }] = [
        await signedIn(),
        await signedIn(),
      ];
      await disable();
      await expectRejected(await refresh(one), 'invalid_grant');
      emulator.reset();
      await expectRejected(await refresh(other), 'invalid_grant');
    });

    it('ends after thirty days', async () => {
      stopClock(1_800_000_000_000);
      const first = await signedIn();
      jest.setSystemTime(1_800_000_000_000 + 29 * 86_400_000);
      const second = await tokensOf(await refresh(first.refresh_token));
      jest.setSystemTime(1_800_000_000_000 + 30 * 86_400_000);
      await expectRejected(await refresh(second.refresh_token), 'invalid_grant');
    });
  });

  describe('userinfo', () => {
    it('tells who the user is, with the organizations', async () => {
      const code = await codeOf(emulator, 'alice');
      const { access_token: token } = await tokensOf(await exchange(emulator, { code }));
      const response = await ask(`Bearer ${token}`);
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(await response.json()).toMatchObject({
        user_id: ALICE,
        email: 'alice@example.com',
        username: 'alice',
        enabled: true,
        update_password_required: false,
        org_id_to_org_info: { [ACME]: { org_name: 'Acme', user_role: 'Owner' } },
      });
    });

    it.each<[string, () => Promise<string> | string]>([
      ['no token', () => ''],
      [
        'another scheme',
        async () => `Basic ${await emulator.issuer.accessToken(emulator.user('alice'))}`,
      ],
      ['no JWT', () => 'Bearer x'],
      ['an expired token', () => authorizationOf({ expiresInSeconds: -1 })],
      ['another issuer', () => authorizationOf({ claims: { iss: 'https://evil.example' } })],
      ['an unknown user', () => authorizationOf({ claims: { user_id: 'mallory' } })],
      ['an unsigned token', () => 'Bearer eyJhbGciOiJub25lIn0.eyJ1c2VyX2lkIjoiYSJ9.'],
    ])('rejects %s', async (_what, send) => {
      const response = await ask(await send());
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
      expect(await response.json()).toMatchObject({ error: 'invalid_token' });
    });

    it('rejects the tokens of a disabled user, and of a key that was replaced', async () => {
      const token = await authorizationOf({});
      expect((await ask(token)).status).toBe(200);
      await disable();
      expect((await ask(token)).status).toBe(401);
      emulator.reset();
      expect((await ask(token)).status).toBe(200);
      await emulator.rotateKey();
      expect((await ask(token)).status).toBe(401);
    });
  });

  it('works with oauth4webapi', async () => {
    const server: oauth.AuthorizationServer = {
      issuer: ORIGIN,
      token_endpoint: ORIGIN + TOKEN,
      userinfo_endpoint: ORIGIN + USERINFO,
    };
    const client = { client_id: 'docs' };
    const options = { [oauth.allowInsecureRequests]: true, [oauth.customFetch]: emulator.fetch };
    const { headers } = await signIn(emulator, { user: 'alice' });
    const url = new URL(headers.get('location') ?? '');
    const callback = oauth.validateAuthResponse(server, client, url, 'the state');
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      oauth.None(),
      callback,
      TOKEN_REQUEST.redirect_uri,
      CODE_VERIFIER,
      options,
    );
    const tokens = await oauth.processAuthorizationCodeResponse(server, client, response);
    const info = await oauth.userInfoRequest(server, client, tokens.access_token, options);
    expect(await info.json()).toMatchObject({ user_id: ALICE });
  });
});
