import { stopClock } from '../../../test/support/fake-timers.js';
import { Issuer } from '../../../test/support/issuer.js';
import { AUTH_URL } from '../../../test/support/project.js';
import { generateRsaKeyPair } from '../../../test/support/keys.js';
import {
  hmacSignature,
  rawToken,
  rsaSignature,
  type RawToken,
} from '../../../test/support/raw-token.js';
import { ps256 } from '../../../test/support/forge.js';
import { ResolvedOptions } from '../../options/resolved-options.js';
import { TokenVerifier, type VerifiedToken } from './token-verifier.js';
import { Rejection } from '../../rejections/rejection.js';
import type { RejectionReason } from '../../rejections/rejection-table.js';

/** What time it is here, in seconds since the epoch. */
const NOW = 1_800_000_000;

const issuer = new Issuer();
const foreignKeys = generateRsaKeyPair();
const sign = rsaSignature(issuer.keys.privateKey);
const claims = { iss: AUTH_URL, iat: NOW - 10, exp: NOW + 10, user_id: 'user-alice' };

function createVerifier(clockToleranceSeconds?: number): TokenVerifier {
  return new TokenVerifier(new ResolvedOptions({ ...issuer.moduleOptions, clockToleranceSeconds }));
}

/** `accepted`, or why not. */
async function verdictOn(token: string, verifier = createVerifier()): Promise<string> {
  const result = await verifier.verify(token, issuer.keys.publicKey);
  return result instanceof Rejection ? result.reason : 'accepted';
}

function signed(overrides: Record<string, unknown>): string {
  return rawToken({ payload: { ...claims, ...overrides }, signature: sign });
}

const nothing = () => Buffer.from([0]);

const alg = (name: unknown, more = {}) => ({ header: { alg: name, ...more } });

describe('TokenVerifier', () => {
  beforeEach(() => stopClock(NOW * 1000));
  afterEach(() => void jest.useRealTimers());

  it('returns the user and the time until which the token is valid', async () => {
    const result = await createVerifier().verify(signed({}), issuer.keys.publicKey);
    expect(result).toMatchObject({ user: { userId: 'user-alice' }, validUntil: (NOW + 70) * 1000 });
  });

  describe.each([0, 60, 300])('with a leeway of %i s', (leeway) => {
    it.each<[string, Record<string, unknown>, string]>([
      ['that expires in a second', { exp: NOW + 1 }, 'accepted'],
      ['that expired just within the leeway', { exp: NOW - leeway + 1 }, 'accepted'],
      ['that expired exactly the leeway ago', { exp: NOW - leeway }, 'token_expired'],
      ['that was issued exactly the leeway ahead', { iat: NOW + leeway }, 'accepted'],
      ['that was issued further ahead', { iat: NOW + leeway + 1 }, 'token_not_yet_valid'],
      ['that becomes valid exactly the leeway ahead', { nbf: NOW + leeway }, 'accepted'],
      ['that becomes valid further ahead', { nbf: NOW + leeway + 1 }, 'token_not_yet_valid'],
      [
        'with fractions of a second past the leeway',
        { iat: NOW + leeway + 0.5 },
        'token_not_yet_valid',
      ],
    ])('accepts or rejects a token %s', async (_when, times, verdict) => {
      expect(await verdictOn(signed(times), createVerifier(leeway))).toBe(verdict);
    });

    it.each([
      [100, -0.001],
      [100, 0],
      [100, 0.001],
      [100.5, -0.001],
      [100.5, 0],
      [100.5, 0.499],
      [100.5, 0.5],
    ])(
      'returns the end of validity of a token that expires in %f s, verified %f s later',
      async (exp, off) => {
        const token = signed({ exp: NOW + exp });
        const verifier = createVerifier(leeway);
        const result = await verifier.verify(token, issuer.keys.publicKey);
        jest.setSystemTime((NOW + exp + leeway + off) * 1000);
        const isExpired = (await verdictOn(token, verifier)) === 'token_expired';
        expect(Date.now() >= (result as VerifiedToken).validUntil).toBe(isExpired);
      },
    );
  });

  it.each<[string, RejectionReason, Record<string, unknown>]>([
    ['another issuer', 'issuer_mismatch', { iss: 'https://auth.example.org' }],
    ['an issuer that ends in a slash', 'issuer_mismatch', { iss: `${AUTH_URL}/` }],
    ['the issuer under http', 'issuer_mismatch', { iss: AUTH_URL.replace('https', 'http') }],
    ['an issuer that begins with ours', 'issuer_mismatch', { iss: `${AUTH_URL}.evil.example` }],
    ['an issuer that is not a string', 'issuer_mismatch', { iss: [AUTH_URL] }],
    ['an issuer of null', 'issuer_mismatch', { iss: null }],
    ['no issuer', 'claims_invalid', { iss: undefined }],
    ['a negative expiry', 'token_expired', { exp: -1 }],
    ['no expiry', 'claims_invalid', { exp: undefined }],
    ['an expiry that is a string', 'claims_invalid', { exp: String(NOW + 10) }],
    ['an expiry of null', 'claims_invalid', { exp: null }],
    ['an expiry later than any date', 'claims_invalid', { exp: 8.64e12 - 299 }],
    ['an issue time before any date', 'claims_invalid', { iat: -8.64e12 }],
    ['no issue time', 'claims_invalid', { iat: undefined }],
    ['an issue time that is a string', 'claims_invalid', { iat: String(NOW) }],
    ['an issue time of null', 'claims_invalid', { iat: null }],
    ['a start that is a string', 'claims_invalid', { nbf: String(NOW) }],
    ['a start of null', 'claims_invalid', { nbf: null }],
    ['no user', 'user_invalid', { user_id: undefined }],
    ['a user that is not a string', 'user_invalid', { user_id: 7 }],
    ['organizations that are not an object', 'user_invalid', { org_id_to_org_member_info: [] }],
  ])('rejects a token of %s: %s', async (_what, reason, overrides) => {
    expect(await verdictOn(signed(overrides))).toBe(reason);
  });

  it.each(['exp', 'iat', 'nbf'])('rejects an infinite %s', async (claim) => {
    for (const infinity of ['1e999', '-1e999']) {
      const payload = JSON.stringify({ ...claims, [claim]: 'INFINITY' });
      const token = rawToken({ payload: payload.replace('"INFINITY"', infinity), signature: sign });
      expect(await verdictOn(token)).toMatch(
        /^(claims_invalid|token_expired|token_not_yet_valid)$/,
      );
    }
  });

  const ofPublicKey = hmacSignature(issuer.keys.publicKeyPem);
  const foreign = rsaSignature(foreignKeys.privateKey);
  const sha384 = rsaSignature(issuer.keys.privateKey, 'sha384');
  const pss = ps256(issuer.keys.privateKey);

  it.each<[RejectionReason, string, RawToken]>([
    ['signature_invalid', 'signed with another key', { signature: foreign }],
    ['signature_invalid', 'without a real signature', { signature: nothing }],
    ['algorithm_not_allowed', 'of none', { ...alg('none'), signature: nothing }],
    [
      'algorithm_not_allowed',
      'signed with the public key as a secret',
      { ...alg('HS256'), signature: ofPublicKey },
    ],
    ['algorithm_not_allowed', 'signed with SHA-384', { ...alg('RS384'), signature: sha384 }],
    ['algorithm_not_allowed', 'signed with RSASSA-PSS', { ...alg('PS256'), signature: pss }],
    ['algorithm_not_allowed', 'with an algorithm in lower case', alg('rs256')],
    ['token_malformed', 'with several algorithms', alg(['RS256'])],
    ['token_malformed', 'without an algorithm', { header: { typ: 'JWT' } }],
    ['token_malformed', 'with a critical extension', alg('RS256', { crit: ['x'], x: 1 })],
    ['token_malformed', 'with an unencoded payload', alg('RS256', { crit: ['b64'], b64: false })],
    ['token_malformed', 'whose header is not JSON', { header: 'no JSON' }],
    ['token_malformed', 'whose header is an array', { header: '["RS256"]' }],
    ['token_malformed', 'whose header is null', { header: 'null' }],
    ['claims_invalid', 'whose payload is empty', { payload: {} }],
    ['token_malformed', 'whose payload is not JSON', { payload: 'no JSON' }],
    ['token_malformed', 'whose payload is an array', { payload: '[]' }],
    ['token_malformed', 'whose payload is a text', { payload: '"alice"' }],
    ['token_malformed', 'whose payload is null', { payload: 'null' }],
  ])('answers %s to a token %s', async (reason, _what, token) => {
    expect(await verdictOn(rawToken({ payload: claims, signature: sign, ...token }))).toBe(reason);
  });

  it('accepts claims that it does not know', async () => {
    expect(await verdictOn(signed({ aud: 'someone', new_claim: { any: [null] } }))).toBe(
      'accepted',
    );
  });

  it('checks the signature before any claim', async () => {
    const payload = { ...claims, exp: NOW - 1000, user_id: undefined };
    expect(await verdictOn(rawToken({ payload, signature: foreign }))).toBe('signature_invalid');
  });

  it('never uses keys that the token contains', async () => {
    const jwk = foreignKeys.publicKey.export({ format: 'jwk' });
    const header = { alg: 'RS256', kid: 'key-1', jku: 'https://attacker.example.com', jwk };
    expect(await verdictOn(rawToken({ header, payload: claims, signature: foreign }))).toBe(
      'signature_invalid',
    );
    expect(await verdictOn(rawToken({ header, payload: claims, signature: sign }))).toBe(
      'accepted',
    );
  });

  it('does not convert other errors to a TokenRejection', async () => {
    const noKey = issuer.keys.privateKey;
    const verification = createVerifier().verify(signed({}), noKey);
    await expect(verification).rejects.not.toBeInstanceOf(Rejection);
  });

  describe('with a token that it reads without verification', () => {
    it.each<[string, number | undefined, Record<string, unknown>]>([
      ['could be valid under another key', NOW - 10, {}],
      ['has no user', NOW - 10, { user_id: undefined }],
      ['expires within the leeway', NOW - 10, { exp: NOW - 59 }],
      ['has expired', undefined, { exp: NOW - 60 }],
      ['has no expiry', undefined, { exp: undefined }],
      ['has no issue time', undefined, { iat: undefined }],
      ['was issued ahead, within the leeway', NOW + 60, { iat: NOW + 60 }],
      ['is from the future', undefined, { iat: NOW + 61 }],
      ['becomes valid within the leeway', NOW - 10, { nbf: NOW + 60 }],
      ['is not valid yet', undefined, { nbf: NOW + 61 }],
      ['is of another issuer', undefined, { iss: 'https://auth.example.org' }],
    ])('returns the issue time only of one that %s', (_what, issuedAt, overrides) => {
      expect(createVerifier().unverifiedIssueTime(signed(overrides))).toBe(issuedAt);
    });

    it.each(['no JSON', '[]', '"text"', 'null'])('returns none for the payload %s', (payload) => {
      expect(createVerifier().unverifiedIssueTime(rawToken({ payload }))).toBeUndefined();
    });
  });
});
