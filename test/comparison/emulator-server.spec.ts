import { ApiKeyValidateException, initBaseAuth, UnauthorizedException } from '@propelauth/node';
import { PropelAuthApiError } from 'nestjs-propelauth';
import { TestIssuer, type TestEmulator } from 'nestjs-propelauth/testing';
import { createPropelAuthApi } from '../../lib/propelauth/api/propel-auth-api.js';
import { ResolvedOptions } from '../../lib/options/resolved-options.js';
import { registerCleanup } from '../support/clean-up.js';
import { apiOf, emulatorOf } from '../support/emulator.js';
import { alice } from '../support/project.js';
import { redirectPropelAuth } from '../support/propelauth-address.js';
import { CREATED_AT, DOCUMENTED_CALLS } from './documented-answers.js';
import { documentedProject } from './documented-project.js';
import { outcomeOf } from './outcome.js';

const issuer = await TestIssuer.create();

/** Serves an emulator instead of PropelAuth, also for PropelAuth's own packages, until the test ends. */
async function serve(emulator: TestEmulator): Promise<void> {
  const server = await emulator.listen();
  const restore = redirectPropelAuth(server.url);
  registerCleanup(() => {
    restore();
    return server.close();
  });
}

describe('PropelAuth’s own client, with the server of Emulator.listen()', () => {
  const client = createPropelAuthApi(new ResolvedOptions(issuer.moduleOptions));

  it.each(DOCUMENTED_CALLS)('returns what it does without a server for $name', async ({ call }) => {
    jest.spyOn(Date, 'now').mockReturnValue(CREATED_AT * 1000);
    const expected = await outcomeOf(() => call(apiOf(documentedProject(issuer))));
    await serve(documentedProject(issuer));
    expect(await outcomeOf(() => call(client))).toEqual(expected);
  });

  it('rejects a call that the emulator does not support, instead of returning nothing', async () => {
    await serve(emulatorOf(issuer));
    await expect(client.fetchOrgScimGroups({ orgId: issuer.orgId() })).rejects.toThrow(
      PropelAuthApiError,
    );
  });
});

describe('PropelAuth’s own SDK, with the server of Emulator.listen()', () => {
  it('fetches the key, and accepts only tokens of the issuer', async () => {
    await serve(emulatorOf(issuer));
    const sdk = initBaseAuth(credentials());
    const { userId } = await sdk.validateAccessTokenAndGetUserClass(
      await issuer.authorization(alice),
    );
    expect(userId).toBe(alice.userId);
    const stranger = await TestIssuer.create();
    await expect(
      sdk.validateAccessTokenAndGetUserClass(await stranger.authorization(alice)),
    ).rejects.toThrow(UnauthorizedException);
  });

  it('validates API keys and step-up grants', async () => {
    const emulator = emulatorOf(issuer, [alice]);
    await serve(emulator);
    const sdk = initBaseAuth(credentials());
    const { userId } = alice;
    const apiKeyToken = emulator.createApiKey({ userId });
    expect((await sdk.validateApiKey(apiKeyToken)).user?.userId).toBe(userId);
    await expect(sdk.validateApiKey('unknown')).rejects.toBeInstanceOf(ApiKeyValidateException);
    const grant = emulator.grantStepUp({ userId, actionType: 'PAY' });
    const request = { userId, actionType: 'PAY', grant };
    expect(await sdk.verifyStepUpGrant(request)).toEqual({ success: true });
    expect(await sdk.verifyStepUpGrant(request)).toEqual({ success: false });
  });
});

function credentials() {
  const { authUrl, apiKey } = issuer.moduleOptions;
  return { authUrl, apiKey };
}
