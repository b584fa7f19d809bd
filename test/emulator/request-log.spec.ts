import type { Emulator } from 'propelauth-emulator';
import { stopClock } from '../support/fake-timers.js';
import { ALICE, AUTHORIZATION, Browser, ORIGIN, REQUESTS, SECRETS } from './browser.js';

const SECRET = 'xeK3-not-to-be-seen';

let emulator: Emulator;
let browser: Browser;
let lines: string[];

beforeEach(async () => {
  lines = [];
  const say = (line: string) => void lines.push(line);
  browser = await Browser.open({ say });
  ({ emulator } = browser);
});

/** Asks what an application asks. */
function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const url = `${ORIGIN}/api/backend/v1${path}`;
  return emulator.fetch(url, { headers: AUTHORIZATION, ...init });
}

/** Each request on the page, newest first, without the time. */
async function requestsOf(): Promise<string[]> {
  const [, body = ''] = (await browser.textOf(REQUESTS)).split('<tbody>');
  const rows = body.split('</tr>').slice(0, -1);
  return rows.map((row) =>
    row
      .replaceAll(/<td>\d\d:\d\d:\d\d<\/td>|<.*?>|\s+/gs, ' ')
      .trim()
      .replaceAll(/ +/g, ' '),
  );
}

/** Makes something fail that cannot fail otherwise. */
function breakUsers(error: Error): void {
  jest.spyOn(emulator.core.project, 'findUserByEmail').mockImplementation(() => {
    throw error;
  });
}

describe('The request log of the emulator', () => {
  it('has the method, the route, the status and the caller, newest first', async () => {
    await ask(`/user/${ALICE}`);
    await ask('/user/email?email=alice@example.com');
    await ask('/nothing');
    await emulator.fetch(`${ORIGIN}/api/backend/v1/user/query`);
    await browser.signIn('alice');
    await browser.get('/api/v1/refresh_token');
    const token = await emulator.issuer.accessToken(emulator.user('alice'));
    await emulator.fetch(`${ORIGIN}/propelauth/oauth/userinfo`, {
      headers: { authorization: `Bearer ${token}` },
    });
    await browser.get('/does-not-exist');
    expect(await requestsOf()).toEqual([
      `GET /* 404 ${ALICE}`,
      `GET /propelauth/oauth/userinfo 200 ${ALICE}`,
      `GET /api/v1/refresh_token 200 ${ALICE}`,
      'POST /login 303',
      'GET /api/backend/v1/user/query 401',
      'GET /api/backend/v1/* 501 application',
      'GET /api/backend/v1/user/email 200 application',
      'GET /api/backend/v1/user/:userId 200 application',
    ]);
  });

  it('names clients of OAuth that are authenticated', async () => {
    const register = await emulator.fetch(`${ORIGIN}/oauth/2.1/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        redirect_uris: ['http://localhost:3000/callback'],
        token_endpoint_auth_method: 'none',
      }),
    });
    const { client_id: clientId } = (await register.json()) as { client_id: string };
    for (const client_id of [clientId, SECRET]) {
      await emulator.fetch(`${ORIGIN}/oauth/2.1/token`, {
        method: 'POST',
        body: new URLSearchParams({ client_id, grant_type: 'authorization_code', code: SECRET }),
      });
    }
    expect(await requestsOf()).toEqual([
      'POST /oauth/2.1/token 401',
      `POST /oauth/2.1/token 400 ${clientId}`,
      'POST /oauth/2.1/register 201',
    ]);
  });

  it('has nothing of queries, paths, headers, bodies and answers', async () => {
    await browser.signIn('alice');
    await ask(`/user/email?email=${SECRET}`);
    await ask(`/user/${SECRET}`);
    await ask(`/${SECRET}`);
    await ask('/end_user_api_keys/validate', {
      method: 'POST',
      body: JSON.stringify({ api_key_token: SECRET }),
    });
    await browser.get(`/${SECRET}?code=${SECRET}`, { authorization: `Bearer ${SECRET}` });
    await browser.post('/login', { user: 'alice', password: SECRET });
    const token = await (await browser.get('/__emulator/token?user=alice')).text();
    const page = await browser.textOf(REQUESTS);
    const { cookieKey, webhookSecret, apiKey } = SECRETS;
    for (const secret of [SECRET, token, browser.cookie, cookieKey, webhookSecret, apiKey]) {
      expect(page).not.toContain(secret);
      expect(lines.join('\n')).not.toContain(secret);
      expect(JSON.stringify(emulator.core.log.requests)).not.toContain(secret);
    }
  });

  it('leaves out the pages that show it, which ask again and again', async () => {
    await browser.get('/');
    await browser.get(REQUESTS);
    await browser.get('/favicon.ico');
    expect(await requestsOf()).toEqual([]);
  });

  it('has the latest 200 requests, until the emulator is reset', async () => {
    await ask('/user/query');
    for (let index = 0; index < 200; index++) await browser.get(`/${'x'.repeat(10_000)}`);
    expect(await requestsOf()).toEqual(Array.from({ length: 200 }, () => 'GET /* 404'));
    expect((await browser.textOf(REQUESTS)).length).toBeLessThan(100_000);
    emulator.reset();
    expect(await requestsOf()).toEqual([]);
  });
});

describe('The terminal of the emulator', () => {
  it('says what the emulator does not support, each line once a minute', async () => {
    stopClock(Date.now());
    for (let index = 0; index < 3; index++) {
      await ask(`/${SECRET}?${SECRET}`);
      await ask(`/${SECRET}`, { method: 'POST' });
    }
    const expected = [
      '501 GET /api/backend/v1/*: the emulator does not support it.',
      '501 POST /api/backend/v1/*: the emulator does not support it.',
    ];
    expect(lines).toEqual(expected);
    jest.setSystemTime(Date.now() + 60_000);
    await ask('/nothing');
    expect(lines).toEqual([...expected, expected[0]]);
  });

  it('says where an error comes from, in one line, and nothing of its message', async () => {
    breakUsers(new TypeError(`Cannot read ${SECRET}\n    at ${SECRET} (${SECRET}:1:1)`));
    const response = await ask('/user/email?email=a');
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain(SECRET);
    expect(lines).toEqual([
      expect.stringMatching(
        /^500 GET \/api\/backend\/v1\/user\/email: TypeError at \S*request-log\.spec\.ts:\d+:\d+\.$/,
      ),
    ]);
    expect(await requestsOf()).toEqual(['GET /api/backend/v1/user/email 500 application']);
  });

  it('says nothing of where if an error hides it', async () => {
    const error = new Error('first');
    error.message = 'second';
    error.stack = `Error: ${SECRET}\n    at ${SECRET}:1:1`;
    breakUsers(error);
    await ask('/user/email?email=a');
    expect(lines).toEqual(['500 GET /api/backend/v1/user/email: Error at an unknown place.']);
  });

  it('says errors of pages as well', async () => {
    jest.spyOn(emulator.core.project, 'findUserByLogin').mockImplementation(() => {
      throw new RangeError(SECRET);
    });
    expect((await browser.signIn('alice')).status).toBe(500);
    expect(lines).toEqual([expect.stringMatching(/^500 POST \/login: RangeError at /)]);
  });
});
