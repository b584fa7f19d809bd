import { createSecretKey, type KeyObject } from 'node:crypto';
import { CompactSign, SignJWT, UnsecuredJWT } from 'jose';
import { fake } from '../../../test/support/fake.js';
import { generateRsaKeyPair } from '../../../test/support/keys.js';
import { PropelAuthConfigurationError } from '../../options/configuration.error.js';
import type { IncomingCall } from '../../options/incoming-call.interface.js';
import { jwtKind, type JwtKindOptions } from './jwt-kind.js';

const KEY = createSecretKey(Buffer.alloc(32));
const rsa = generateRsaKeyPair();
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

const tokenWith = (claims: object, key: KeyObject = KEY, alg = 'HS256') =>
  new SignJWT({ type: 'collab', iat: ISSUED_AT, exp: ISSUED_AT + 60, ...claims })
    .setProtectedHeader({ alg })
    .sign(key);

const signed = (payload: string) =>
  new CompactSign(Buffer.from(payload)).setProtectedHeader({ alg: 'HS256' }).sign(KEY);

/** The next letter of base64url, which stands for the same 32 bytes at their end. */
const following = (letter: string) => String.fromCharCode(letter.charCodeAt(0) + 1);

const identify = (kind: ReturnType<typeof jwtKind>, token: string) =>
  Promise.resolve(kind.identify(token, fake<IncomingCall>({})));

/** The caller of a token with these claims. */
const callerOf = async (kind: ReturnType<typeof jwtKind>, claims: object = {}) =>
  (await identify(kind, await tokenWith(claims)))!;

describe('A kind of JSON Web Tokens', () => {
  const INVALID = 'ERR_JWT_CLAIM_VALIDATION_FAILED';
  const NOT_ALLOWED = 'ERR_JOSE_ALG_NOT_ALLOWED';
  const NO_TOKEN = 'it is no JSON Web Token of at most 16 KB';
  const OF_ANOTHER_KIND = 'its claims are of another kind';

  it.each<[string, object, string]>([
    ['of another purpose', { type: 'file' }, OF_ANOTHER_KIND],
    ['of a list of purposes', { type: ['collab'] }, OF_ANOTHER_KIND],
    ['of an issuer', { iss: 'a' }, OF_ANOTHER_KIND],
    ['of the issuer null', { iss: null }, OF_ANOTHER_KIND],
    ['that ends later than any date', { exp: 8.64e12 }, 'claims_invalid'],
    ['that ends at the largest integer', { exp: Number.MAX_SAFE_INTEGER }, 'claims_invalid'],
    ['of a time before any date', { iat: -1e300 }, 'claims_invalid'],
    ['without an expiry', { exp: undefined }, INVALID],
    ['without a time of issue', { iat: undefined }, INVALID],
    ['that is not valid yet', { nbf: ISSUED_AT + 600 }, INVALID],
    ['of the future', { iat: ISSUED_AT + 600 }, 'token_not_yet_valid'],
    ['that has expired', { exp: ISSUED_AT - 60 }, 'ERR_JWT_EXPIRED'],
  ])('rejects a token %s, and says why', async (_what, claims, why) => {
    await expect(callerOf(kindOf(), claims)).rejects.toMatchObject({
      reason: 'credential_invalid',
      detail: `The token was rejected: ${why}`,
    });
  });

  it.each<[string, () => Promise<string> | string, string]>([
    ['two parts alone', () => 'a.b', NO_TOKEN],
    [
      'another secret',
      () => tokenWith({}, createSecretKey(Buffer.alloc(32, 1))),
      'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
    ],
    ['another algorithm', () => tokenWith({}, KEY, 'HS384'), NOT_ALLOWED],
    ['a key of another type', () => tokenWith({}, rsa.privateKey, 'RS256'), NOT_ALLOWED],
    ['no signature', () => new UnsecuredJWT({ type: 'collab' }).encode(), NO_TOKEN],
    ['no end', () => signed(`{"type":"collab","iat":${ISSUED_AT},"exp":1e400}`), 'claims_invalid'],
    ['another spelling', async () => (await tokenWith({})).replace(/.$/, following), NO_TOKEN],
  ])('rejects a token with %s, and says why', async (_what, token, why) => {
    await expect(identify(kindOf(), await token())).rejects.toMatchObject({
      reason: 'credential_invalid',
      detail: `The token was rejected: ${why}`,
    });
  });

  it.each([
    ['within the leeway', { exp: ISSUED_AT - 20 }],
    ['that ends at the last date', { exp: 8.64e12 - 300 }],
  ])('accepts a token %s', async (_what, claims) => {
    expect(await callerOf(kindOf(), claims)).toEqual({});
  });

  it.each<[unknown, string]>([
    [['a', 'api'], 'accepted'],
    ['a', 'credential_invalid'],
    [undefined, 'credential_invalid'],
  ])('with an audience, decides on a token with aud: %j', async (aud, outcome) => {
    const asked = callerOf(kindOf({ audience: 'api' }), { aud });
    const reason = asked.then(
      () => 'accepted',
      (error: { reason: string }) => error.reason,
    );
    expect(await reason).toBe(outcome);
  });

  it.each<[string, Partial<JwtKindOptions>, string]>([
    ['an unknown algorithm', { algorithms: ['none' as never] }, 'algorithms has "none"'],
    ...[undefined, null, '', ['api']].map((audience): [string, object, string] => [
      `the audience ${JSON.stringify(audience)}`,
      { audience },
      'audience is not a text. Set it to what the claim aud has to contain, or leave it out.',
    ]),
    ['a leeway of a day', { clockToleranceSeconds: 86_400 }, 'clockToleranceSeconds has to be an'],
  ])('cannot be made with %s', (_what, wrong, message) => {
    expect(() => kindOf(wrong)).toThrow(PropelAuthConfigurationError);
    expect(() => kindOf(wrong)).toThrow(`jwtKind({ name: 'collab' }): ${message}`);
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
