import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  OptionalUser,
  PropelAuthConfigurationError,
  PropelAuthModule,
  Public,
  RequireUser,
} from 'nestjs-propelauth';
import request from 'supertest';
import { failureOf, startApplication, type RunningApplication } from '../../support/application.js';
import { alice } from '../../support/claims.js';
import { Issuer } from '../../support/issuer.js';
import { API_KEY, AUTH_URL } from '../../support/project.js';
import { generateRsaKeyPair } from '../../support/keys.js';
import { PropelAuthServer, type Answer } from '../../support/propelauth-server.js';
import { routeUnder } from '../../support/routes.js';

const issuer = new Issuer();
const { publicKeyPem } = issuer.keys;

function start(options: object = {}): Promise<RunningApplication> {
  return startApplication({
    imports: [PropelAuthModule.forRoot({ authUrl: AUTH_URL, apiKey: API_KEY, ...options })],
    controllers: [
      routeUnder('user', RequireUser()),
      routeUnder('optional', OptionalUser()),
      routeUnder('public', Public()),
    ],
  });
}

async function statusOf(
  { url }: RunningApplication,
  path: string,
  claims: Record<string, unknown> | null = alice,
): Promise<number> {
  const { status } = await request(url)
    .get(path)
    .set(await issuer.headersOf(claims));
  return status;
}

let server: PropelAuthServer;

beforeEach(async () => {
  server = await PropelAuthServer.start();
});

describe('The verification key', () => {
  it('is fetched from PropelAuth when none is configured', async () => {
    server.answersWithKey(publicKeyPem);
    const application = await start();
    expect(await statusOf(application, '/user')).toBe(200);
    expect(server.requests).toMatchObject([
      {
        method: 'GET',
        path: '/api/v1/token_verification_metadata',
        headers: {
          authorization: `Bearer ${API_KEY}`,
          'x-propelauth-url': 'auth.example.com',
        },
      },
    ]);
  });

  it('is fetched once, before the first request arrives', async () => {
    server.answersWithKey(publicKeyPem);
    const application = await start();
    expect(server.requests).toHaveLength(1);
    for (let count = 0; count < 5; count++) await statusOf(application, '/user');
    expect(server.requests).toHaveLength(1);
  });

  it('is requested with the hostname of authUrl, without the port', async () => {
    server.answersWithKey(publicKeyPem);
    await start({ authUrl: 'https://auth.example.com:8443' });
    expect(server.requests[0]?.headers['x-propelauth-url']).toBe('auth.example.com');
  });

  it('belongs to the issuer of authUrl', async () => {
    server.answersWithKey(publicKeyPem);
    const application = await start({ authUrl: 'https://other.example.com' });
    expect(await statusOf(application, '/user')).toBe(401);
    const claims = { ...alice, iss: 'https://other.example.com' };
    expect(await statusOf(application, '/user', claims)).toBe(200);
  });

  it('is the only accepted key: a token of another key gets 401', async () => {
    server.answersWithKey(generateRsaKeyPair().publicKeyPem);
    expect(await statusOf(await start(), '/user')).toBe(401);
  });

  it('is not fetched when it is configured', async () => {
    const application = await start(issuer.moduleOptions);
    expect(await statusOf(application, '/user')).toBe(200);
    expect(server.requests).toEqual([]);
  });
});

describe('A response that shows wrong options fails startup:', () => {
  const body = { error: `No access for ${API_KEY}` };

  it.each([
    [400, 'authUrl'],
    [401, 'apiKey'],
    [404, 'authUrl'],
  ])('%d names %s and not the key', async (status, option) => {
    server.answers({ status, body });
    const error = await failureOf(start());
    expect(error).toBeInstanceOf(PropelAuthConfigurationError);
    const { message } = error as Error;
    expect(message).toContain(option);
    expect(message).toContain(String(status));
    expect(message).not.toContain(API_KEY);
  });

  it('each status has its own error', async () => {
    const messages = new Set<unknown>();
    for (const status of [400, 401, 404]) {
      server.answers({ status, body });
      messages.add(((await failureOf(start())) as Error).message.replace(String(status), ''));
    }
    expect(messages.size).toBe(3);
  });
});

const unreachable: Answer = (incoming) => incoming.socket.destroy();
const halfAnAnswer: Answer = (_incoming, response) => {
  response.writeHead(200, { 'content-length': 1_000 });
  response.write('{"verifier_key_pem":', () => response.destroy());
};
const ecPem =
  '-----BEGIN PUBLIC KEY-----\n' +
  'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEVs/o5+uQbTjL3chynL4wXgUg2R9\n' +
  'q9UU8I5mEovUf86QZ7kOBIjJwqnzD1omageEHWwHdBO6B+dFabmdT9POxg==\n' +
  '-----END PUBLIC KEY-----\n';

describe('Without a verification key, because PropelAuth', () => {
  it.each<[string, Answer]>([
    ['cannot be reached', unreachable],
    ['sends an incomplete response', halfAnAnswer],
    ['fails', { status: 500 }],
    ['is overloaded', { status: 503 }],
    ['limits the rate', { status: 429 }],
    ['forbids', { status: 403 }],
    ['returns an empty response', { status: 204, body: '' }],
    ['returns invalid JSON', { status: 200, body: '<html></html>' }],
    ['returns null', { status: 200, body: 'null' }],
    ['returns an array', { status: 200, body: [publicKeyPem] }],
    ['returns no key', { status: 200, body: {} }],
    ['returns a number instead of a key', { status: 200, body: { verifier_key_pem: 1 } }],
    ['returns an empty key', { status: 200, body: { verifier_key_pem: '' } }],
    ['returns an EC key', { status: 200, body: { verifier_key_pem: ecPem } }],
    [
      'returns a key of 1024 bits',
      { status: 200, body: { verifier_key_pem: generateRsaKeyPair(1024).publicKeyPem } },
    ],
  ])(
    '%s, the application starts and returns 503 for tokens that it has to verify',
    async (_what, answer) => {
      server.answers(answer);
      const application = await start();
      expect({
        user: await statusOf(application, '/user'),
        userWithoutToken: await statusOf(application, '/user', null),
        optional: await statusOf(application, '/optional'),
        optionalWithoutToken: await statusOf(application, '/optional', null),
        public: await statusOf(application, '/public'),
      }).toEqual({
        user: 503,
        userWithoutToken: 401,
        optional: 503,
        optionalWithoutToken: 200,
        public: 200,
      });
    },
  );

  it.each([301, 302, 303, 307, 308])(
    'redirects (%d), the API key is not sent to the new address',
    async (status) => {
      let requests = 0;
      const elsewhere = createServer((_request, response) => {
        requests++;
        response.end(JSON.stringify({ verifier_key_pem: publicKeyPem }));
      });
      await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
      const { port } = elsewhere.address() as AddressInfo;
      server.answers({ status, headers: { location: `http://127.0.0.1:${port}/stolen` } });
      const application = await start();
      await new Promise((resolve) => elsewhere.close(resolve));
      expect(await statusOf(application, '/user')).toBe(503);
      expect(requests).toBe(0);
    },
  );

  it('does not respond, startup waits for at most five seconds', async () => {
    // The timer of AbortSignal.timeout() cannot be faked; a signal that has run out already stands for it.
    const timeout = jest
      .spyOn(AbortSignal, 'timeout')
      .mockReturnValue(AbortSignal.abort(new DOMException('Too late', 'TimeoutError')));
    server.answersWithKey(publicKeyPem);
    const application = await start();
    expect(timeout.mock.calls).toEqual([[5_000]]);
    expect(await statusOf(application, '/user')).toBe(503);
  });
});
