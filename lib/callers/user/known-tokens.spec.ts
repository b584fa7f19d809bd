import { AuthenticatorSetup, issuer } from '../../../test/callers/user/authenticator-setup.js';
import { alice } from '../../../test/support/claims.js';
import { stopClock } from '../../../test/support/fake-timers.js';
import { Issuer } from '../../../test/support/issuer.js';
import { generateRsaKeyPair } from '../../../test/support/keys.js';
import type { CurrentAccess, PresentState } from '../../plugins/current-access.js';
import { Rejection } from '../../rejections/rejection.js';

const START = 1_800_000_000;
const otherKey = generateRsaKeyPair().publicKey;
const foreigner = new Issuer();

let token: string;
let setup: AuthenticatorSetup;

beforeEach(async () => {
  stopClock(START * 1000);
  token = await issuer.accessToken({ ...alice, exp: START + 100 });
  setup = new AuthenticatorSetup();
});
afterEach(() => void jest.useRealTimers());

const afterExpiry = () => jest.setSystemTime((START + 161) * 1000);

/** A token that came with no request. */
const ANYWHERE = { tokenLifetime: undefined };

describe('A token that is recalled without a request to PropelAuth', () => {
  it('is verified with the current key, and cached from then on', async () => {
    const recalled = await setup.authenticator.recall(token, ANYWHERE);
    expect(recalled?.user.userId).toBe(alice.user_id);
    expect(await setup.authenticator.recall(token, ANYWHERE)).toBe(recalled);
    expect(setup.authenticate(token)).toBe(recalled?.user);
    expect(setup.verifier.keys).toHaveLength(1);
  });

  it('is recalled within its request, even without a cache', async () => {
    setup = new AuthenticatorSetup({ tokenCache: false });
    const call = {};
    const recalled = await setup.authenticator.recall(token, { tokenLifetime: call });
    expect(setup.authenticate(token, call)).toBe(recalled?.user);
    expect(await setup.authenticator.recall(token, { tokenLifetime: call })).toBe(recalled);
    await setup.authenticator.recall(token, ANYWHERE);
    expect(setup.verifier.keys).toHaveLength(2);
  });

  it('returns null if it is invalid', async () => {
    const invalid = [
      await foreigner.accessToken(alice),
      await issuer.accessToken({ ...alice, exp: START - 100 }),
      'AAAA',
      7 as unknown as string,
    ];
    for (const text of invalid)
      expect(await setup.authenticator.recall(text, ANYWHERE)).toBeUndefined();
    expect(setup.verifier.keys).toHaveLength(2);
  });

  it('returns null once it has expired', async () => {
    await setup.authenticate(token);
    afterExpiry();
    expect(await setup.authenticator.recall(token, ANYWHERE)).toBeUndefined();
  });

  it('returns null without a key, and does not wait for one', async () => {
    setup.key = undefined;
    const awaitKey = jest.spyOn(setup.keys, 'awaitKey');
    expect(await setup.authenticator.recall(token, ANYWHERE)).toBeUndefined();
    expect(awaitKey).not.toHaveBeenCalled();
  });

  it('throws any other error', async () => {
    jest.spyOn(setup.verifier, 'verify').mockRejectedValueOnce(new Error('out of memory'));
    await expect(setup.authenticator.recall(token, ANYWHERE)).rejects.toThrow('out of memory');
  });
});

describe('Without a cache, a token', () => {
  const call = {};

  beforeEach(() => {
    setup = new AuthenticatorSetup({ tokenCache: false });
  });

  it('is verified once per request', async () => {
    const user = await setup.authenticate(token, call);
    expect(setup.authenticate(token, call)).toBe(user);
    expect(await setup.authenticate(token, {})).not.toBe(user);
    expect(setup.verifier.keys).toHaveLength(2);
  });

  it('is not confused with another token of the same request', async () => {
    const bob = await issuer.accessToken({ user_id: 'user-bob' });
    await setup.authenticate(token, call);
    expect(await setup.authenticate(bob, call)).toMatchObject({ userId: 'user-bob' });
  });

  it('is rejected once it has expired', async () => {
    await setup.authenticate(token, call);
    afterExpiry();
    expect(() => setup.authenticate(token, call)).toThrow(new Rejection('token_expired'));
  });

  it('that was accepted is verified again with another key', async () => {
    await setup.authenticate(token, call);
    setup.key = otherKey;
    await expect(setup.authenticate(token, call)).rejects.toMatchObject({
      reason: 'signature_invalid',
    });
  });

  it('that was rejected is rejected again without verification, until the key changes', async () => {
    setup.key = otherKey;
    const rejected = new Rejection('signature_invalid');
    await expect(setup.authenticate(token, call)).rejects.toEqual(rejected);
    expect(() => setup.authenticate(token, call)).toThrow(rejected);
    expect(setup.verifier.keys).toHaveLength(1);
    setup.key = issuer.keys.publicKey;
    expect(await setup.authenticate(token, call)).toMatchObject({ userId: alice.user_id });
  });

  it('that may be of a newer key is rejected again without verification, until a key may be fetched', async () => {
    const clock = jest.spyOn(performance, 'now').mockReturnValue(0);
    setup.key = otherKey;
    const rejected = new Rejection('signature_unverified', { retryAfterSeconds: 10 });
    jest.spyOn(setup.keys, 'refetchFor').mockRejectedValueOnce(rejected);
    await expect(setup.authenticate(token, call)).rejects.toEqual(rejected);
    clock.mockReturnValue(9_999);
    expect(() => setup.authenticate(token, call)).toThrow(rejected);
    expect(await setup.authenticator.recall(token, { tokenLifetime: call })).toBeUndefined();
    expect(setup.verifier.keys).toHaveLength(1);
    clock.mockReturnValue(10_000);
    await expect(setup.authenticate(token, call)).rejects.toEqual(
      new Rejection('signature_invalid'),
    );
  });

  it('that is not valid yet is verified again', async () => {
    const early = await issuer.accessToken({ ...alice, iat: START + 100, exp: START + 500 });
    await expect(setup.authenticate(early, call)).rejects.toEqual(
      new Rejection('token_not_yet_valid'),
    );
    jest.setSystemTime((START + 100) * 1000);
    expect(await setup.authenticate(early, call)).toMatchObject({ userId: alice.user_id });
  });

  it('that failed verification for another reason is verified again', async () => {
    jest.spyOn(setup.verifier, 'verify').mockRejectedValueOnce(new Error('out of memory'));
    await expect(setup.authenticate(token, call)).rejects.toThrow('out of memory');
    expect(await setup.authenticate(token, call)).toMatchObject({ userId: alice.user_id });
  });
});

describe('A user', () => {
  it('of a token is valid until the token expires, including the leeway', async () => {
    const { validUntil } = await setup.authenticator.authenticate(token);
    expect(validUntil).toBe((START + 160) * 1000);
  });

  it.each([
    ['at once', (state: PresentState) => state],
    ['later', (state: PresentState) => Promise.resolve(state)],
  ])('whose access was reduced %s is valid as long as the token', async (_when, given) => {
    const state = { state: undefined, hasLost: () => true };
    const access = { mayConcern: () => true, present: () => given(state) };
    setup = new AuthenticatorSetup({}, { access: access as unknown as CurrentAccess });
    const { user, validUntil } = await setup.authenticator.authenticate(token);
    expect(user).toMatchObject({ userId: alice.user_id, orgIdToUserOrgInfo: {} });
    expect(validUntil).toBe((START + 160) * 1000);
  });
});
