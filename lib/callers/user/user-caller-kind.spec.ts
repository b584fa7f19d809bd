import { UserClass, type User } from '@propelauth/node-apis';
import { stopClock } from '../../../test/support/fake-timers.js';
import { alice } from '../../../test/support/claims.js';
import {
  AuthenticatorSetup as Setup,
  issuer,
} from '../../../test/callers/user/authenticator-setup.js';
import { Issuer } from '../../../test/support/issuer.js';
import { generateRsaKeyPair } from '../../../test/support/keys.js';
import { TOKENS_OF_USERS } from '../credential-places.js';
import { accessSubject } from '../../plugins/current-access.js';
import { Rejection } from '../../rejections/rejection.js';

const otherKey = generateRsaKeyPair().publicKey;

function rejection(reason: Rejection['reason']): Rejection {
  return new Rejection(reason);
}

describe('UserCallerKind', () => {
  let token: string;
  let setup: Setup;

  beforeEach(async () => {
    token = await issuer.accessToken(alice);
    setup = new Setup();
  });

  it('ends the access of a user with new organizations when the token expires', async () => {
    const joined = new UserClass({ userId: 'user-alice', email: '' } as User);
    setup = new Setup({}, { newMemberships: () => Promise.resolve(joined) });
    const { authenticator } = setup;
    const verified = await authenticator.authenticate(token);
    const { validUntil } = verified;
    expect(validUntil).toEqual(expect.any(Number));
    expect(await authenticator.withNewMemberships(verified, [], { address: undefined })).toEqual({
      user: joined,
      validUntil,
    });
  });

  it('verifies a new token once for concurrent calls', async () => {
    const users = await Promise.all([1, 2, 3, 4].map(async () => setup.authenticate(token)));
    expect(setup.verifier.keys).toHaveLength(1);
    expect(new Set(users).size).toBe(1);
    expect(users[0]?.userId).toBe(alice.user_id);
  });

  it('returns the user of a cached token synchronously', async () => {
    const user = await setup.authenticate(token);
    expect(setup.authenticate(token)).toBe(user);
    expect(setup.verifier.keys).toHaveLength(1);
  });

  it('does not confuse a token that is being verified with one that has the same signature but other claims', async () => {
    const [header, , signature] = token.split('.');
    const payload = Buffer.from(JSON.stringify({ user_id: 'user-mallory' })).toString('base64url');
    const attempts = [
      setup.authenticate(token),
      setup.authenticate(`${header}.${payload}.${signature}`),
    ];
    await expect(attempts[1]).rejects.toEqual(rejection('signature_invalid'));
    expect(await attempts[0]).toMatchObject({ userId: alice.user_id });
    expect(setup.verifier.keys).toHaveLength(2);
  });

  it('without a cache, verifies a token every time, but once for concurrent calls', async () => {
    setup = new Setup({ tokenCache: false });
    await Promise.all([setup.authenticate(token), setup.authenticate(token)]);
    await setup.authenticate(token);
    expect(setup.verifier.keys).toHaveLength(2);
  });

  it('is told apart from other kinds by the facts that the core asks for', () => {
    const { name, credential, hasUser, canStepUp, isSelfContained } = setup.authenticator;
    expect({ name, credential, hasUser, canStepUp, isSelfContained }).toEqual({
      name: 'user',
      credential: [TOKENS_OF_USERS],
      hasUser: true,
      canStepUp: true,
      isSelfContained: true,
    });
    const { missing, reasons } = setup.authenticator;
    expect([missing, ...reasons]).toEqual(['token_missing', 'token_expired']);
  });

  it('says whose access a user has, until when, and who acts as them', () => {
    const { authenticator } = setup;
    const user = new UserClass({ userId: 'user-alice', email: '' } as User);
    const impersonated = Object.assign(new UserClass({ userId: 'user-alice', email: '' } as User), {
      impersonatorUserId: 'employee',
    });
    expect(authenticator.accessOf({ user, validUntil: 7 })).toEqual({
      userId: 'user-alice',
      orgId: undefined,
      validUntil: 7,
    });
    expect(authenticator.impersonatorOf({ user, validUntil: 7 })).toBeUndefined();
    expect(authenticator.report({ user, validUntil: 7 })).toStrictEqual({
      credential: 'access-token',
    });
    const ofEmployee = { user: impersonated, validUntil: 7 };
    expect(authenticator.impersonatorOf(ofEmployee)).toBe('employee');
    expect(authenticator.report(ofEmployee)).toStrictEqual({
      credential: 'access-token',
      impersonatorUserId: 'employee',
    });
  });

  it('asks nobody for new organizations where nobody knows them', async () => {
    const verified = await setup.authenticator.authenticate(token);
    const call = { address: undefined };
    expect(setup.authenticator.withNewMemberships(verified, [], call)).toBeUndefined();
    const { authenticator } = new Setup({}, {});
    expect(authenticator.withNewMemberships(verified, [], call)).toBeUndefined();
    const { authenticator: refusing } = new Setup({}, { newMemberships: () => undefined });
    expect(refusing.withNewMemberships(verified, [], call)).toBeUndefined();
  });

  it('reports what its cache holds, if it has one: a new token is one miss', async () => {
    await setup.authenticate(token);
    expect(setup.authenticator.caches).toEqual([
      ['access-token', { entries: 1, hits: 0, misses: 1 }],
    ]);
    expect(new Setup({ tokenCache: false }).authenticator.caches).toEqual([]);
  });

  it('rejects all concurrent calls with an invalid token, and verifies it again later', async () => {
    const foreign = await new Issuer().accessToken(alice);
    const attempts = [setup.authenticate(foreign), setup.authenticate(foreign)];
    for (const attempt of attempts) {
      await expect(attempt).rejects.toEqual(rejection('signature_invalid'));
    }
    expect(setup.verifier.keys).toHaveLength(1);
    await expect(setup.authenticate(foreign)).rejects.toEqual(rejection('signature_invalid'));
    expect(setup.verifier.keys).toHaveLength(2);
  });

  it('does not share a failure with later calls', async () => {
    jest.spyOn(setup.verifier, 'verify').mockRejectedValueOnce(new Error('out of memory'));
    await expect(setup.authenticate(token)).rejects.toThrow('out of memory');
    expect((await setup.authenticate(token)).userId).toBe(alice.user_id);
  });

  it.each([
    '',
    'token',
    'a.b.c',
    'AAAA.AAAA',
    'AAAA.AAAA.AAAA=',
    `AAAA.AAAA.${'A'.repeat(16_384)}`,
  ])('rejects malformed tokens without fetching keys: %.20s', (text) => {
    setup.key = undefined;
    expect(() => setup.authenticate(text)).toThrow(rejection('token_malformed'));
    expect(setup.verifier.keys).toEqual([]);
  });

  it.each([undefined, null, 7, {}])('rejects values that are not strings: %s', (value) => {
    const authenticate = () => setup.authenticate(value as string);
    expect(authenticate).toThrow(rejection('token_malformed'));
  });

  it('accepts only one encoding of a token, and rejects other encodings of a cached one', async () => {
    await setup.authenticate(token);
    for (const text of [`${token}=`, `${token}\n`, ` ${token}`, token.replaceAll('.', '. ')]) {
      expect(() => setup.authenticate(text)).toThrow(rejection('token_malformed'));
    }
  });

  it('accepts no token without a key, not even a cached one', async () => {
    await setup.authenticate(token);
    setup.key = undefined;
    await expect(setup.authenticate(token)).rejects.toMatchObject({ reason: 'keys_unavailable' });
  });

  describe('over time', () => {
    const start = 1_800_000_000;

    beforeEach(() => stopClock(start * 1000));
    afterEach(() => void jest.useRealTimers());

    it('rejects a cached token from the second in which it expires, including the leeway', async () => {
      token = await issuer.accessToken({ ...alice, exp: start + 100 });
      const user = await setup.authenticate(token);

      jest.setSystemTime((start + 159) * 1000 + 999);
      expect(setup.authenticate(token)).toBe(user);

      jest.setSystemTime((start + 160) * 1000);
      expect(() => setup.authenticate(token)).toThrow(rejection('token_expired'));

      // When the clock is set back, it is valid again.
      jest.setSystemTime(start * 1000);
      expect(setup.authenticate(token)).toBe(user);
      expect(setup.verifier.keys).toHaveLength(1);
    });
  });

  describe('when the key changes', () => {
    it('clears the cache', async () => {
      await setup.authenticate(token);
      setup.key = otherKey;
      await expect(setup.authenticate(token)).rejects.toEqual(rejection('signature_invalid'));
    });

    it('verifies pending tokens again with the new key, for all waiting calls', async () => {
      const release = setup.holdUp();
      const attempts = [setup.authenticate(token), setup.authenticate(token)];
      setup.key = otherKey;
      attempts.push(setup.authenticate(token));
      release();
      for (const attempt of attempts) {
        await expect(attempt).rejects.toEqual(rejection('signature_invalid'));
      }
      expect(setup.verifier.keys).toEqual([issuer.keys.publicKey, otherKey]);
    });

    it('caches nothing that was verified with the old key', async () => {
      const release = setup.holdUp();
      const attempt = setup.authenticate(token);
      setup.key = otherKey;
      release();
      await expect(attempt).rejects.toEqual(rejection('signature_invalid'));

      setup.key = issuer.keys.publicKey;
      await setup.authenticate(token);
      expect(setup.verifier.keys).toEqual([issuer.keys.publicKey, otherKey, issuer.keys.publicKey]);
    });

    it('accepts and caches tokens that are valid under the new key', async () => {
      setup.key = otherKey;
      jest.spyOn(setup.verifier, 'verify').mockImplementationOnce(async () => {
        setup.key = issuer.keys.publicKey;
        return {
          user: { userId: 'mallory' } as UserClass,
          subject: accessSubject('mallory', [], { issuedAt: 0, expiresAt: Infinity }),
          validUntil: Infinity,
          key: otherKey,
        };
      });
      const user = await setup.authenticate(token);
      expect(user.userId).toBe(alice.user_id);
      expect(setup.verifier.keys).toEqual([issuer.keys.publicKey]);
      expect(setup.authenticate(token)).toBe(user);
    });
  });
});
