import { API_KEY, AUTH_URL } from '../../../test/support/project.js';
import { generateRsaKeyPair } from '../../../test/support/keys.js';
import { PropelAuthServer, type Answer } from '../../../test/support/propelauth-server.js';
import { BackendClient } from './backend-client.js';
import { PropelAuthConfigurationError } from '../../options/configuration.error.js';
import { ResolvedOptions } from '../../options/resolved-options.js';
import { unavailable } from '../../rejections/rejection.js';

const { publicKeyPem } = generateRsaKeyPair();

const calls = new BackendClient(
  new ResolvedOptions({ authUrl: `${AUTH_URL}:8443`, apiKey: API_KEY }),
);

describe('The request for the verification key', () => {
  let propelAuth: PropelAuthServer;

  beforeAll(async () => {
    propelAuth = await PropelAuthServer.start();
  });

  afterEach(() => {
    propelAuth.requests.length = 0;
  });

  /** The error that an answer ends in. */
  async function failureAfter(answer: Answer): Promise<Error> {
    propelAuth.answers(answer);
    return calls.fetchVerifierKey().then(
      () => new Error('There was no failure'),
      (error: unknown) => error as Error,
    );
  }

  it('sends one request, with the API key and the host of the project, and returns the key', async () => {
    propelAuth.answersWithKey(publicKeyPem);
    expect(await calls.fetchVerifierKey()).toBe(publicKeyPem);
    expect(propelAuth.requests).toEqual([
      {
        method: 'GET',
        path: '/api/v1/token_verification_metadata',
        headers: expect.objectContaining({
          authorization: `Bearer ${API_KEY}`,
          'x-propelauth-url': 'auth.example.com',
        }) as unknown,
      },
    ]);
  });

  it.each([
    [400, /rejects the request .* Check that authUrl is/],
    [401, /apiKey is not an API key of this PropelAuth project .* Copy the key/],
    [404, /authUrl https:\/\/auth\.example\.com:8443 is unknown to PropelAuth .* Copy it/],
  ])('reports a %i as a wrong option, and names it', async (status, message) => {
    const failure = await failureAfter({ status, body: { secret: 'SECRET' } });
    expect(failure).toBeInstanceOf(PropelAuthConfigurationError);
    expect(failure.message).toMatch(message);
    expect(failure.message).toContain(`(${status})`);
  });

  it.each([204, 402, 403, 405, 429, 500, 502, 503, 504])(
    'treats a %i as temporary',
    async (status) => {
      const failure = await failureAfter({ status });
      expect(failure).toEqual(unavailable(`PropelAuth returned status ${status}`));
    },
  );

  it.each([301, 302, 303, 307, 308])('follows no redirect: %i', async (status) => {
    const failure = await failureAfter({ status, headers: { location: '/elsewhere' } });
    expect(failure).toEqual(unavailable(`PropelAuth returned status ${status}`));
    expect(propelAuth.requests).toHaveLength(1);
  });

  it.each<[string, unknown, RegExp]>([
    ['invalid JSON', '<html>SECRET</html>', /a response that is not JSON/],
    ['nothing', '', /a response that is not JSON/],
    ['null', 'null', /returned no verifier_key_pem/],
    ['an array', [publicKeyPem], /returned no verifier_key_pem/],
    ['a string', JSON.stringify(publicKeyPem), /returned no verifier_key_pem/],
    ['another name', { verifier_key: publicKeyPem }, /returned no verifier_key_pem/],
    [
      'a key that is not a string',
      { verifier_key_pem: [publicKeyPem] },
      /returned no verifier_key_pem/,
    ],
  ])('treats a response of %s as temporary', async (_what, body, message) => {
    const failure = await failureAfter({ status: 200, body });
    expect(failure).toMatchObject({ reason: 'propelauth_unavailable' });
    expect(failure.message).toMatch(message);
  });

  it('times out after 5 s, and reports it', async () => {
    const timeout = jest
      .spyOn(AbortSignal, 'timeout')
      .mockReturnValue(AbortSignal.abort(new DOMException('SECRET', 'TimeoutError')));
    const failure = await failureAfter({ status: 200 });
    expect(timeout).toHaveBeenCalledWith(5_000);
    expect(failure).toEqual(unavailable('https://propelauth-api.com did not respond within 5 s'));
  });

  it.each<[string, Answer]>([
    ['a rejection', { status: 401, body: { error: `SECRET ${API_KEY}` } }],
    ['a failure', { status: 500, body: `SECRET ${API_KEY}` }],
    ['a redirect', { status: 302, headers: { location: `https://SECRET/?key=${API_KEY}` } }],
    ['invalid JSON', { status: 200, body: `SECRET ${API_KEY}` }],
    ['no key', { status: 200, body: { verifier_key: `SECRET ${API_KEY}` } }],
    ['a broken connection', (request) => request.socket.destroy()],
  ])('does not repeat the API key or the response after %s', async (_what, answer) => {
    const failure = await failureAfter(answer);
    const printed = `${failure.message} ${failure.stack} ${String(failure.cause)}`;
    expect(failure.message).not.toBe('There was no failure');
    expect(printed).not.toContain(API_KEY);
    expect(printed).not.toContain('SECRET');
  });

  it('does not repeat an API key that fetch itself reports', async () => {
    jest
      .spyOn(globalThis, 'fetch')
      .mockRejectedValue(
        new TypeError(`Bearer ${API_KEY} is no header`, { cause: { code: 7, message: API_KEY } }),
      );
    const failure = await failureAfter({ status: 200 });
    expect(failure).toEqual(unavailable('https://propelauth-api.com cannot be reached'));
    expect(failure.cause).toBeUndefined();
  });
});
