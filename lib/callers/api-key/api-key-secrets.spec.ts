import { API_KEY, AUTH_URL } from '../../../test/support/project.js';
import { ResolvedOptions } from '../../options/resolved-options.js';
import { apiKeySecrets } from './api-key-secrets.js';

const KEY = 'a1b2c3';

describe('The store entry for an API key', () => {
  const secrets = apiKeySecrets(new ResolvedOptions({ authUrl: AUTH_URL, apiKey: API_KEY }));

  it('has the same name and seal in all versions of the package', () => {
    expect(secrets.cacheKey.macOf(KEY)).toBe('FbIl1_BZ9yZ6hnX4rMhAUjK0DxdXdgirHyiM0njnU3k');
    expect(secrets.seal.macOf('a\nb')).toBe('mm_cMSPU-BuwJ66KMuCEv2OCqj5gnDmVaMUDpGDtAE4');
  });
});
