import { jest } from '@jest/globals';
import { PropelAuthModule, RequireUser } from 'nestjs-propelauth';
import request from 'supertest';
import { ApiKeyAuthenticator } from '../../lib/callers/api-key/api-key-authenticator.js';
import { AccessCalls } from '../../lib/backend/backend-client.js';
import { StepUpVerifier } from '../../lib/callers/step-up/step-up-verifier.js';
import { closeApplications, startApplication } from '../support/application.js';
import { API_KEY, AUTH_URL, Issuer } from '../support/issuer.js';
import { alice } from '../support/people.js';
import { routeUnder } from '../support/routes.js';

const issuer = new Issuer();

afterEach(async () => {
  await closeApplications();
  jest.restoreAllMocks();
});

describe('AccessCalls', () => {
  it('can be replaced, and then PropelAuth is asked about access by nothing else', async () => {
    const fetch = jest.spyOn(globalThis, 'fetch');
    const calls: Pick<AccessCalls, keyof AccessCalls> = {
      fetchVerifierKey: async () => issuer.keys.publicKeyPem,
      validateApiKey: async (key) => ({ metadata: { key } }),
      verifyStepUpGrant: async ({ grant }) => grant === 'right',
    };
    const { app, url } = await startApplication(
      {
        imports: [PropelAuthModule.forRoot({ authUrl: AUTH_URL, apiKey: API_KEY })],
        controllers: [routeUnder('me', RequireUser())],
      },
      undefined,
      (builder) => builder.overrideProvider(AccessCalls).useValue(calls),
    );
    await request(url)
      .get('/me')
      .set(await issuer.headersOf(alice))
      .expect(200);
    expect(await app.get(ApiKeyAuthenticator).authenticate('a')).toEqual({
      metadata: { key: 'a' },
    });
    expect(await app.get(StepUpVerifier).verify('user-alice', 'DELETE_ORG', 'right')).toBe(true);
    expect(await app.get(StepUpVerifier).verify('user-alice', 'DELETE_ORG', 'wrong')).toBe(false);
    expect(fetch).not.toHaveBeenCalled();
  });
});
