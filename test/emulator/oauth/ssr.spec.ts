import { decodeJwt } from 'jose';
import type { Emulator } from 'propelauth-emulator';
import { stopClock } from '../../support/fake-timers.js';
import { Browser, type Page } from './browser.js';
import { ACME, ALICE, createProject, ORIGIN, OTHER_ORG } from './oauth-client.js';

/** What `@propelauth/nextjs` has as PROPELAUTH_REDIRECT_URI. */
const REDIRECT_URI = 'http://localhost:3000/api/auth/callback';
/** It sends 64 hexadecimal digits, and checks the length. */
const STATE = '0123456789abcdef'.repeat(4);
const START = 1_800_000_000_000;

interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
}

/** The response of `/api/backend/v1/refresh_token`. */
interface Refreshed {
  readonly refresh_token: string;
  readonly access_token: { readonly access_token: string; readonly expires_at_seconds: number };
}

async function bodyOf<T>(response: Response): Promise<T> {
  expect(response.status).toBe(200);
  return (await response.json()) as T;
}

describe('the server of a front end, as @propelauth/nextjs', () => {
  let emulator: Emulator;
  let browser: Browser;

  beforeEach(async () => {
    stopClock(START);
    emulator = await createProject();
    browser = new Browser(ORIGIN, emulator.fetch);
  });

  function authorizationUrl(parameters: Record<string, string> = {}): string {
    const all = { redirect_uri: REDIRECT_URI, state: STATE, signup: 'false', ...parameters };
    return `${ORIGIN}/propelauth/ssr/authorize?${new URLSearchParams(all).toString()}`;
  }

  /** Sends JSON with the API key. */
  function call(
    path: string,
    body: unknown,
    authorization = `Bearer ${emulator.issuer.apiKey}`,
  ): Promise<Response> {
    return emulator.fetch(ORIGIN + path, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': 'application/json', authorization },
    });
  }

  function exchange(code: unknown, redirectUri = REDIRECT_URI): Promise<Response> {
    return call('/propelauth/ssr/token', { redirect_uri: redirectUri, code });
  }

  function refresh(token: unknown, query = ''): Promise<Response> {
    return call(`/api/backend/v1/refresh_token?${query}`, { refresh_token: token });
  }

  async function signInTo(user = 'alice'): Promise<Page> {
    const page = await browser.open(authorizationUrl());
    return browser.submit(page, { redirect_uri: REDIRECT_URI, state: STATE, user });
  }

  function codeIn({ url }: Page): string {
    const { origin, pathname, searchParams } = new URL(url);
    expect(origin + pathname).toBe(REDIRECT_URI);
    expect([...searchParams.keys()]).toEqual(['code', 'state']);
    expect(searchParams.get('state')).toBe(STATE);
    return searchParams.get('code') ?? '';
  }

  async function tokensFor(user = 'alice'): Promise<Tokens> {
    return bodyOf<Tokens>(await exchange(codeIn(await signInTo(user))));
  }

  it('gets tokens for a code, for all organizations', async () => {
    const response = await exchange(codeIn(await signInTo()));
    expect(response.headers.get('cache-control')).toBe('no-store');
    const { access_token: token, ...rest } = await bodyOf<Tokens>(response);
    expect(rest).toEqual({ refresh_token: expect.stringMatching(/^[\w-]{43}$/) });
    expect(decodeJwt(token)).toMatchObject({
      iss: ORIGIN,
      user_id: ALICE,
      org_id_to_org_member_info: { [ACME]: { user_role: 'Owner' } },
    });
  });

  it('shows the sign-in page, and then keeps the user signed in', async () => {
    const page = await browser.open(authorizationUrl());
    expect(page.status).toBe(200);
    expect(page.text).toMatch(/<button name="user" value="alice">[^]*value="dave">/);
    expect(page.headers.get('content-security-policy')).toContain(
      "form-action 'self' http://localhost:3000",
    );
    await signInTo();
    expect(await (await exchange(codeIn(await browser.open(authorizationUrl())))).json()).toEqual({
      access_token: expect.any(String),
      refresh_token: expect.any(String),
    });
    const other = new Browser(ORIGIN, emulator.fetch);
    expect((await other.open(authorizationUrl())).status).toBe(200);
  });

  it.each([
    'https://evil.example/api/auth/callback',
    'http://localhost:3000@evil.example/',
    'javascript:alert(1)',
    `${REDIRECT_URI}#`,
    '/api/auth/callback',
    '',
  ])('is not sent to %j, also with a session', async (uri) => {
    await signInTo();
    const url = authorizationUrl({ redirect_uri: uri });
    for (const page of [
      await browser.open(url),
      await browser.submit({ url } as Page, { redirect_uri: uri, user: 'alice' }),
    ]) {
      expect(page.status).toBe(400);
      expect(page.url).toBe(url);
    }
  });

  it.each(['redirect_uri', 'state'])('gets no code for two values of %s', async (name) => {
    await signInTo();
    const url = `${authorizationUrl()}&${name}=x`;
    expect((await browser.open(url)).status).toBe(400);
  });

  it.each(['mallory', '', '__proto__'])('gets no code for the user %j', async (user) => {
    expect((await signInTo(user)).status).toBe(400);
  });

  it.each(['', 'Bearer ', 'Bearer wrong', 'Basic emulator_api_key_for_tests'])(
    'gets nothing with the Authorization header "%s"',
    async (authorization) => {
      const body = { redirect_uri: REDIRECT_URI, code: codeIn(await signInTo()) };
      expect((await call('/propelauth/ssr/token', body, authorization)).status).toBe(401);
      for (const path of ['refresh_token', 'logout']) {
        const response = await call(`/api/backend/v1/${path}`, {}, authorization);
        expect(response.status).toBe(401);
      }
    },
  );

  it('gets nothing for a code that was used, is late, or is for another address', async () => {
    const used = codeIn(await signInTo());
    const { refresh_token: token } = await bodyOf<Tokens>(await exchange(used));
    expect((await exchange(used)).status).toBe(400);
    expect((await refresh(token)).status).toBe(400);
    const other = await exchange(codeIn(await signInTo()), 'http://localhost:3000/other');
    expect(other.status).toBe(400);
    expect(await other.json()).toMatchObject({ error: 'invalid_grant' });
    const late = codeIn(await signInTo());
    jest.setSystemTime(START + 60_000);
    expect((await exchange(late)).status).toBe(400);
  });

  it.each([undefined, null, 1, '', ['x'], {}])('gets nothing for the code %j', async (code) => {
    expect((await exchange(code)).status).toBe(400);
    expect((await refresh(code)).status).toBe(400);
  });

  it.each(['', '{', '[]', '"x"', '['.repeat(100_000)])(
    'gets nothing for the body %#',
    async (body) => {
      expect((await call('/propelauth/ssr/token', body)).status).toBe(400);
      expect((await call('/api/backend/v1/refresh_token', body)).status).toBe(400);
    },
  );

  it('gets no tokens with codes and refresh tokens of other kinds of clients', async () => {
    const { refresh_token: token } = await tokensFor();
    const form = { grant_type: 'refresh_token', client_id: '', refresh_token: token };
    for (const path of ['/propelauth/oauth/token', '/oauth/2.1/token']) {
      for (const clientId of ['', 'docs']) {
        const body = new URLSearchParams({ ...form, client_id: clientId });
        const response = await emulator.fetch(ORIGIN + path, { method: 'POST', body });
        expect([400, 401]).toContain(response.status);
      }
    }
    await bodyOf(await refresh(token));
  });

  it('refreshes, also for one organization', async () => {
    const first = await tokensFor();
    const second = await bodyOf<Refreshed>(await refresh(first.refresh_token));
    expect(second).toEqual({
      refresh_token: expect.stringMatching(/^[\w-]{43}$/),
      access_token: {
        access_token: expect.any(String),
        expires_at_seconds: START / 1000 + 1800,
      },
    });
    expect(second.refresh_token).not.toBe(first.refresh_token);
    const query = `with_active_org_support=true&active_org_id=${ACME}`;
    const third = await bodyOf<Refreshed>(await refresh(second.refresh_token, query));
    expect(decodeJwt(third.access_token.access_token)).toMatchObject({
      org_member_info: { org_id: ACME },
    });
    const rejected = await refresh(third.refresh_token, `active_org_id=${OTHER_ORG}`);
    expect(rejected.status).toBe(400);
    await bodyOf(await refresh(third.refresh_token));
  });

  it('may use a refresh token for a minute more, since pages refresh at once; a later use ends them all', async () => {
    const { refresh_token: first } = await tokensFor();
    const { refresh_token: second } = await bodyOf<Refreshed>(await refresh(first));
    jest.setSystemTime(START + 59_999);
    await bodyOf(await refresh(first));
    jest.setSystemTime(START + 60_000);
    expect((await refresh(first)).status).toBe(400);
    expect((await refresh(second)).status).toBe(400);
  });

  it.each([
    `POST /user/${ALICE}/disable`,
    `POST /user/${ALICE}/logout_all_sessions`,
    `DELETE /user/${ALICE}`,
  ])('loses the user by %s', async (change) => {
    const { refresh_token: token } = await tokensFor();
    const code = codeIn(await browser.open(authorizationUrl()));
    const [method, path] = change.split(' ');
    const headers = { authorization: `Bearer ${emulator.issuer.apiKey}` };
    await emulator.fetch(`${ORIGIN}/api/backend/v1${path}`, { method, headers });
    expect((await refresh(token)).status).toBe(400);
    expect((await exchange(code)).status).toBe(400);
    expect((await browser.open(authorizationUrl())).status).toBe(200);
  });

  it('signs the user out, who is then asked again', async () => {
    const { refresh_token: token } = await tokensFor();
    expect((await call('/api/backend/v1/logout', { refresh_token: token })).status).toBe(200);
    expect((await refresh(token)).status).toBe(400);
    const page = await browser.open(authorizationUrl());
    expect(page.status).toBe(200);
    jest.setSystemTime(START + 1);
    codeIn(await signInTo('alice'));
    codeIn(await browser.open(authorizationUrl()));
  });

  it('signs out with an unknown token, without an error', async () => {
    for (const token of ['x', undefined, {}]) {
      const response = await call('/api/backend/v1/logout', { refresh_token: token });
      expect(response.status).toBe(200);
    }
  });

  it('appears in the calls without its tokens', async () => {
    const { refresh_token: token } = await tokensFor();
    await refresh(token);
    expect(emulator.calls).toEqual([{ name: 'refreshToken', status: 200 }]);
  });
});
