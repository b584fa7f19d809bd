import { readFileSync } from 'node:fs';
import type { PropelAuthApi } from 'nestjs-propelauth';
import { TestIssuer, type TestEmulator } from 'nestjs-propelauth/testing';
import { createPropelAuthApi } from '../../lib/propelauth/api/propel-auth-api.js';
import { ResolvedOptions } from '../../lib/options/resolved-options.js';
import { apiOf } from '../support/emulator.js';
import { PropelAuthServer } from '../support/propelauth-server.js';
import { CREATED_AT, DOCUMENTED_CALLS } from './documented-answers.js';
import { documentedProject } from './documented-project.js';
import { outcomeOf } from './outcome.js';

describe('The emulator and PropelAuth’s documentation, read by PropelAuth’s client', () => {
  let propelAuth: PropelAuthServer;
  let real: PropelAuthApi;
  let issuer: TestIssuer;
  let emulator: TestEmulator;
  let emulated: PropelAuthApi;

  beforeAll(async () => {
    propelAuth = await PropelAuthServer.start();
    real = createPropelAuthApi(
      new ResolvedOptions({ authUrl: 'https://auth.example.com', apiKey: 'the-api-key' }),
    );
    issuer = await TestIssuer.create();
  });

  beforeEach(() => {
    jest.spyOn(Date, 'now').mockReturnValue(CREATED_AT * 1000);
    emulator = documentedProject(issuer);
    emulated = apiOf(emulator);
    propelAuth.requests.length = 0;
  });

  it.each(DOCUMENTED_CALLS)('returns the same for $name', async (documented) => {
    const { call, request, status, body } = documented;
    propelAuth.answers({ status, body });
    const expected = await outcomeOf(() => call(real));
    expect(propelAuth.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([request]);
    expect(await outcomeOf(() => call(emulated))).toEqual(expected);
  });

  it('returns the same for the verification key', async () => {
    propelAuth.answersWithKey(issuer.verifierKey);
    expect(await emulated.fetchTokenVerificationMetadata()).toEqual(
      await real.fetchTokenVerificationMetadata(),
    );
  });

  it('is compared in every function that it supports', async () => {
    const called = new Set(['fetchTokenVerificationMetadata']);
    for (const { call } of DOCUMENTED_CALLS) {
      await outcomeOf(() => call(emulated));
      for (const { name } of emulator.calls) called.add(name);
    }
    // By their request: three functions validate a key.
    const rows = readFileSync('emulator/SUPPORTED.md', 'utf8').matchAll(
      /^\| `(\w+)` +\| (`\w+ \/api\/(?:backend|v1\/token_).*?`) +\| 200 /gm,
    );
    const supported = [...rows].map(([, name = '', request = '']) => ({ name, request }));
    const compared = supported.filter(({ name }) => called.has(name)).map(({ request }) => request);
    expect(supported.filter(({ request }) => !compared.includes(request))).toEqual([]);
    expect(compared.length).toBeGreaterThan(50);
  });
});
