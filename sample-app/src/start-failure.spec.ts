import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { readConfiguration } from './configuration/read-configuration.js';
import { startApplication } from './start-application.js';
import { startFailure } from './start-failure.js';

const API_KEY = 'integration-key-that-must-never-be-seen';
const PROJECT = { PROPELAUTH_AUTH_URL: 'https://auth.example.com', PROPELAUTH_API_KEY: API_KEY };

describe('startFailure()', () => {
  it('describes a missing environment variable in one line', async () => {
    const message = await failureOf({}, []);
    expect(message).toMatch(/^The sample app cannot start\. Nothing says where .* npm start\.$/);
  });

  it('describes invalid options of PropelAuthModule in one line', async () => {
    const environment = { ...PROJECT, PROPELAUTH_AUTH_URL: 'nonsense' };
    const message = await failureOf(environment, []);
    expect(message).toMatch(/^The sample app cannot start\. authUrl is not a URL\..*$/);
    expect(message).not.toContain(API_KEY);
  });

  it('describes options that PropelAuth rejects in one line', async () => {
    const fetch = jest
      .spyOn(globalThis, 'fetch')
      .mockImplementation(async () => new Response('{}', { status: 401 }));
    try {
      const message = await failureOf(PROJECT, []);
      expect(message).toMatch(/^The sample app cannot start\. apiKey is not an API key .*$/);
      expect(message).not.toContain(API_KEY);
    } finally {
      fetch.mockRestore();
    }
  });

  it('says in one line that the port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    try {
      await once(other, 'listening');
      const { port } = other.address() as AddressInfo;
      expect(await failureOf({ PORT: String(port) }, ['--local-issuer'])).toBe(
        `The sample app cannot start. Port ${port} is in use: set PORT to another.`,
      );
    } finally {
      other.close();
    }
  });

  it('says in one line that the port is not permitted', () => {
    const error = Object.assign(new Error('listen EACCES: permission denied'), {
      code: 'EACCES',
      syscall: 'listen',
    });
    expect(startFailure(error)).toBe(
      'The sample app cannot start. listen EACCES: permission denied: set PORT to another.',
    );
  });

  it('keeps the stack of an unexpected error', () => {
    expect(startFailure(new TypeError('That is a bug'))).toMatch(
      /^TypeError: That is a bug\n +at /,
    );
  });

  it('accepts a value that is not an error', () => {
    expect(startFailure(undefined)).toBe('undefined');
  });
});

/** What is said of the start with this environment and these arguments, which has to fail. */
async function failureOf(environment: Record<string, string>, args: string[]): Promise<string> {
  try {
    const app = await startApplication(readConfiguration(environment, args), { logger: false });
    await app.close();
  } catch (error) {
    return startFailure(error);
  }
  throw new Error('The app started');
}
