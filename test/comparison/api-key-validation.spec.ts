import {
  ApiKeyValidateException,
  ApiKeyValidateRateLimitedException,
  getApis,
} from '@propelauth/node-apis';
import type { ApiKeyKind } from '../../lib/types/api-key.js';
import { BackendClient } from '../../lib/propelauth/backend/backend-client.js';
import { ResolvedOptions } from '../../lib/options/resolved-options.js';
import {
  aliceAsUser,
  aliceInAcme,
  API_KEY_OF_ALICE,
  orgKey,
  orgKeyOfMember,
  personalKey,
  rateLimitedKey,
  unknownKey,
} from '../callers/api-key/api-keys.js';
import { ACME_ID, API_KEY, AUTH_URL } from '../support/project.js';
import { PropelAuthServer, type Answer } from '../support/propelauth-server.js';

const ours = new BackendClient(new ResolvedOptions({ authUrl: AUTH_URL, apiKey: API_KEY }));
const theirs = getApis(new URL(AUTH_URL), API_KEY);

const propelAuth = await PropelAuthServer.start();

describe("Compared with PropelAuth's own client", () => {
  it.each<[string, ApiKeyKind, object]>([
    ['of a user', 'personal', personalKey],
    [
      'of a user with memberships',
      'personal',
      { user: { ...aliceAsUser, org_id_to_org_info: { [ACME_ID]: aliceInAcme } } },
    ],
    ['of a member', 'org', orgKeyOfMember],
    [
      'of a member with several roles',
      'org',
      {
        ...orgKeyOfMember,
        user_in_org: {
          ...aliceInAcme,
          org_role_structure: 'multi_role',
          additional_roles: ['Billing'],
          legacy_org_id: 'old',
        },
      },
    ],
    ['of an organization', 'org', orgKey],
    ['without an owner', 'generic', { metadata: { some_key: { other_key: 1 } } }],
  ])('a valid key %s has the same fields', async (_what, kind, body) => {
    propelAuth.answers({ status: 200, body });
    const expected = await theirs.validateApiKey(API_KEY_OF_ALICE);
    expect(await ours.validateApiKey(API_KEY_OF_ALICE)).toStrictEqual({ ...expected, kind });
    const asImported = { ...(await theirs.validateImportedApiKey(API_KEY_OF_ALICE)) };
    expect(await ours.validateApiKey(API_KEY_OF_ALICE, true)).toStrictEqual({
      ...asImported,
      kind: 'imported',
    });
  });

  it.each<[string, Answer, unknown, unknown]>([
    ['an unknown key', unknownKey, ApiKeyValidateException, 'api_key_unknown'],
    [
      'a rate limited key',
      rateLimitedKey,
      ApiKeyValidateRateLimitedException,
      'api_key_rate_limited',
    ],
  ])('%s has the corresponding error', async (_what, answer, theirError, reason) => {
    propelAuth.answers(answer);
    const theirFailure = theirs.validateApiKey(API_KEY_OF_ALICE);
    await expect(theirFailure).rejects.toBeInstanceOf(theirError);
    await expect(ours.validateApiKey(API_KEY_OF_ALICE)).rejects.toMatchObject({ reason });
    const theirsOnImported = theirs.validateImportedApiKey(API_KEY_OF_ALICE);
    await expect(theirsOnImported).rejects.toBeInstanceOf(theirError);
    await expect(ours.validateApiKey(API_KEY_OF_ALICE, true)).rejects.toMatchObject({ reason });
  });

  it('a key and a grant are verified with the same requests', async () => {
    // An answer to each of the questions.
    propelAuth.answers({ status: 200, body: { metadata: null } });
    const grant = { userId: 'user-alice', actionType: 'DELETE_ORG', grant: 'a' };
    const askAboutImported = [
      () => theirs.validateImportedApiKey(API_KEY_OF_ALICE),
      () => ours.validateApiKey(API_KEY_OF_ALICE, true),
    ];
    for (const [index, client] of [theirs, ours].entries()) {
      propelAuth.requests.length = 0;
      await client.validateApiKey(API_KEY_OF_ALICE);
      await askAboutImported[index]?.();
      await client.verifyStepUpGrant(grant);
      const [validation, ofImported, verification] = propelAuth.requests;
      expect(propelAuth.requests).toHaveLength(3);
      expect(ofImported?.path).toBe('/api/backend/v1/end_user_api_keys/validate_imported');
      expect(validation?.path).toBe('/api/backend/v1/end_user_api_keys/validate');
      expect(verification?.path).toBe('/api/backend/v1/mfa/step-up/verify-grant');
      for (const sent of propelAuth.requests) {
        expect(sent).toMatchObject({
          method: 'POST',
          headers: {
            authorization: `Bearer ${API_KEY}`,
            'x-propelauth-url': 'auth.example.com',
            'content-type': 'application/json',
          },
        });
      }
    }
  });
});
