import type { ApiKeyValidation } from '@propelauth/node-apis';
import { API_KEY, AUTH_URL } from '../../../test/support/project.js';
import type { BackendClient } from '../../propelauth/backend/backend-client.js';
import type { CurrentAccess } from '../../plugins/current-access.js';
import type { ApiKeysOptions } from '../../options/api-keys-options.js';
import { ResolvedOptions } from '../../options/resolved-options.js';
import { ApiKeyAuthenticator } from './api-key-authenticator.js';
import { ApiKeySecrets } from './api-key-secrets.js';

const KEY = 'a1b2c3';
const validation = { user: { userId: 'user-alice' }, org: { orgId: 'acme' } } as ApiKeyValidation;

function setUp(apiKeys: ApiKeysOptions, currentAccess?: object) {
  let questions = 0;
  const backend = {
    validateApiKey: async () => {
      questions++;
      return validation;
    },
  };
  const authenticator = new ApiKeyAuthenticator(
    new ResolvedOptions({ authUrl: AUTH_URL, apiKey: API_KEY, apiKeys }),
    backend as unknown as BackendClient,
    currentAccess as CurrentAccess | undefined,
  );
  return { authenticator, questions: () => questions };
}

describe('An API key that was valid', () => {
  it('is recognized without a request, and counted', async () => {
    const { authenticator } = setUp({ cacheSeconds: 60 });
    expect(authenticator.recall(KEY)).toBeUndefined();
    await authenticator.authenticate(KEY);
    expect(authenticator.recall(KEY)).toBe(validation);
    await authenticator.authenticate(KEY);
    // Who only wants to know is not counted.
    expect(authenticator.counts).toEqual({ entries: 1, hits: 1, misses: 1 });
  });

  it('is validated once for all parts of a call, and again for another call', async () => {
    const { authenticator, questions } = setUp({ cacheSeconds: 0 });
    const call = {};
    for (const one of [call, call, {}]) {
      expect(await authenticator.authenticateWithin(one, KEY)).toBe(validation);
    }
    expect(questions()).toBe(2);
  });

  it('is rejected temporarily while the access of its owner keeps changing', async () => {
    const owners: unknown[][] = [];
    const currentAccess = {
      changes: 0,
      now: 42,
      isOutdated: () => true,
      hasChangedSince: (_time: number, ...ids: unknown[]) => owners.push(ids) > 0,
    };
    const { authenticator } = setUp({ cacheSeconds: 60 }, currentAccess);
    await expect(authenticator.authenticate(KEY)).rejects.toThrow(
      "The access of an API key's owner changes faster than PropelAuth responds",
    );
    expect(owners[0]).toEqual(['user-alice', 'acme']);
  });
});

describe('The store entry for an API key', () => {
  const secrets = new ApiKeySecrets(new ResolvedOptions({ authUrl: AUTH_URL, apiKey: API_KEY }));

  it('has the same name and seal in all versions of the package', async () => {
    expect(secrets.cacheKeyOf(KEY)).toBe('FbIl1_BZ9yZ6hnX4rMhAUjK0DxdXdgirHyiM0njnU3k');
    expect(secrets.sealOf('a', 'b')).toBe('mm_cMSPU-BuwJ66KMuCEv2OCqj5gnDmVaMUDpGDtAE4');
  });

  it('has a name that starts with the package and the kind of credential', async () => {
    const store = new Map<string, string>();
    const { authenticator } = setUp({
      cacheSeconds: 60,
      store: {
        get: async (name) => store.get(name),
        set: async (name, value) => void store.set(name, value),
      },
    });
    await authenticator.authenticate(KEY);
    expect([...store.keys()]).toEqual([`nestjs-propelauth:api-key:${secrets.cacheKeyOf(KEY)}`]);
  });
});
