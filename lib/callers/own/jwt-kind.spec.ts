import { createSecretKey } from 'node:crypto';
import { SignJWT } from 'jose';
import { fake } from '../../../test/support/fake.js';
import type { IncomingCall } from '../../options/incoming-call.interface.js';
import { jwtKind, type JwtKindOptions } from './jwt-kind.js';

const KEY = createSecretKey(Buffer.alloc(32));
const ISSUED_AT = Math.floor(Date.now() / 1000) - 10;

const kindOf = (more: Partial<JwtKindOptions> = {}) =>
  jwtKind({
    name: 'collab',
    claims: { iss: null, type: 'collab' },
    key: KEY,
    algorithms: ['HS256'],
    identity: ({ sub }) => ({ sub }),
    ...more,
  });

const tokenWith = (claims: object) =>
  new SignJWT({ type: 'collab', iat: ISSUED_AT, exp: ISSUED_AT + 60, ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(KEY);

/** The caller of a token with these claims. */
const callerOf = async (kind: ReturnType<typeof jwtKind>, claims: object = {}) =>
  (await kind.identify(await tokenWith(claims), fake<IncomingCall>({})))!;

describe('A kind of JSON Web Tokens', () => {
  it.each<[string, object, string]>([
    ['of another purpose', { type: 'file' }, 'its claims are of another kind'],
    ['that ends later than any date', { exp: 8.64e12 }, 'claims_invalid'],
    ['without an expiry', { exp: undefined }, 'ERR_JWT_CLAIM_VALIDATION_FAILED'],
    ['without a time of issue', { iat: undefined }, 'ERR_JWT_CLAIM_VALIDATION_FAILED'],
    ['of the future', { iat: ISSUED_AT + 600 }, 'token_not_yet_valid'],
    ['that has expired', { exp: ISSUED_AT - 60 }, 'ERR_JWT_EXPIRED'],
  ])('rejects a token %s, and says why', async (_what, claims, why) => {
    await expect(callerOf(kindOf(), claims)).rejects.toMatchObject({
      reason: 'credential_invalid',
      detail: `The token was rejected: ${why}`,
    });
  });

  it('rejects what is no token, and says so', async () => {
    await expect(kindOf().identify('a.b', fake<IncomingCall>({}))).rejects.toMatchObject({
      detail: 'The token was rejected: it is no JSON Web Token of at most 16 KB',
    });
  });

  it('has the times of the token, leeway included, and its subject for a key', async () => {
    const kind = kindOf({ userId: ({ sub }: { sub?: string }) => sub });
    const caller = await callerOf(kind, { sub: 'alice' });
    expect(kind.key(caller)).toBe('alice');
    expect(kind.issuedAt!(caller)).toEqual(new Date(ISSUED_AT * 1000));
    expect(kind.expiresAt!(caller)).toEqual(new Date((ISSUED_AT + 120) * 1000));
  });

  it('has no key for a token whose subject is no text', async () => {
    const kind = kindOf();
    expect(kind.key(await callerOf(kind, { sub: 7 }))).toBeUndefined();
  });

  it('knows nothing about an object that it has not made a caller of', () => {
    const kind = kindOf({ userId: () => 'alice' });
    expect([kind.key({}), kind.issuedAt!({}), kind.expiresAt!({})]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('has no issuedAt() without userId(), where it would have no effect', () => {
    expect(kindOf()).not.toHaveProperty('issuedAt');
  });

  it.each([undefined, null, 'alice', 7])(
    'leaves it to the core what %j of identity() means',
    async (returned) => {
      const kind = kindOf({ identity: () => returned as never });
      expect(await callerOf(kind)).toBe(returned);
      expect(await callerOf(kind)).toBe(returned);
    },
  );

  it('does not take one object for the callers of two tokens, whose expiry would be that of one', async () => {
    const one = {};
    const kind = kindOf({ identity: () => one });
    await callerOf(kind);
    await expect(callerOf(kind)).rejects.toThrow(
      'identity() returned the object of an earlier token. Return a new one for each.',
    );
  });
});
