import { PropelAuthModule, RequireUser, type User } from 'nestjs-propelauth';
import { ApiKeyLookUps } from '../../../lib/callers/api-key/api-key-look-ups.js';
import { BackendClient } from '../../../lib/propelauth/backend/backend-client.js';
import { StepUpVerifier } from '../../../lib/rules/step-up/step-up-verifier.js';
import { startApplication } from '../../support/application.js';
import { issuer, request } from '../../support/guarded-application.js';
import { alice, API_KEY, AUTH_URL } from '../../support/project.js';
import { routeUnder } from '../../support/routes.js';

describe('BackendClient', () => {
  it('can be replaced, after which nothing else requests access data from PropelAuth', async () => {
    const fetch = jest.spyOn(globalThis, 'fetch');
    const calls: Pick<BackendClient, keyof BackendClient> = {
      fetchVerifierKey: async () => issuer.verifierKey,
      validateApiKey: async (key) => ({ kind: 'generic', metadata: { key } }),
      verifyStepUpGrant: async ({ grant }) => grant === 'right',
      fetchUserState: async () => null,
      fetchUserStates: async () => new Map(),
    };
    const { app, url } = await startApplication(
      {
        imports: [PropelAuthModule.forRoot({ authUrl: AUTH_URL, apiKey: API_KEY })],
        controllers: [routeUnder('me', RequireUser())],
      },
      undefined,
      (builder) => builder.overrideProvider(BackendClient).useValue(calls),
    );
    await request(url, alice).get('/me').expect(200);
    expect(await app.get(ApiKeyLookUps).lookUps.find('a')).toEqual({
      kind: 'generic',
      metadata: { key: 'a' },
    });
    const user = { userId: 'user-alice' } as User;
    const verify = (grant: string) => app.get(StepUpVerifier).verify(user, 'DELETE_ORG', grant);
    await expect(verify('right')).resolves.toBeUndefined();
    await expect(verify('wrong')).rejects.toMatchObject({ reason: 'step_up_required' });
    expect(fetch).not.toHaveBeenCalled();
  });
});
