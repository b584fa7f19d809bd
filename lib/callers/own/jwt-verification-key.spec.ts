import { createSecretKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readJwtKey, type JwtAlgorithm } from './jwt-verification-key.js';

const SECRETS = ['HS256', 'HS384', 'HS512'] as const;
const RSA = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const;
const ALGORITHMS = [...SECRETS, ...RSA, 'ES256', 'ES384', 'ES512', 'EdDSA'] as const;

const secretOf = (bytes: number) => createSecretKey(Buffer.alloc(bytes));
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const publicPem = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const rsaOf = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength }).publicKey;
const curve = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve }).publicKey;

/** What is wrong with a key for an algorithm. */
function mistake(key: KeyObject, ...algorithms: JwtAlgorithm[]): string {
  try {
    readJwtKey(key, algorithms);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

const NO_KEY =
  'key is neither a public key that begins with -----BEGIN PUBLIC KEY-----, nor a shared';

describe('The key of an issuer', () => {
  it.each<[string, KeyObject, readonly JwtAlgorithm[]]>([
    ['a secret of 31 bytes', secretOf(31), []],
    ['a secret of 32 bytes', secretOf(32), ['HS256']],
    ['a secret of 48 bytes', secretOf(48), ['HS256', 'HS384']],
    ['a secret of 64 bytes', secretOf(64), SECRETS],
    ['an RSA key of 1,024 bits', rsaOf(1024), []],
    ['an RSA key of 2,048 bits', rsaOf(2048), RSA],
    ['a key on P-256', curve('prime256v1'), ['ES256']],
    ['a key on P-384', curve('secp384r1'), ['ES384']],
    ['a key on P-521', curve('secp521r1'), ['ES512']],
    ['a key on secp256k1', curve('secp256k1'), []],
    ['an Ed25519 key', generateKeyPairSync('ed25519').publicKey, ['EdDSA']],
    ['an Ed448 key', generateKeyPairSync('ed448').publicKey, []],
  ])('is one of the algorithms that it is made for: %s', (_what, key, expected) => {
    expect(ALGORITHMS.filter((algorithm) => mistake(key, algorithm) === '')).toEqual(expected);
  });

  it.each<[string, string | KeyObject, JwtAlgorithm[], string]>([
    [
      'no algorithm',
      secretOf(32),
      [],
      "algorithms is not a list of algorithms, such as ['RS256'].",
    ],
    [
      'a property of all objects',
      secretOf(32),
      ['toString' as 'HS256'],
      'algorithms has "toString"',
    ],
    ['a public key for a secret', publicPem, ['HS256'], 'its type is rsa, not secret'],
    ['a public key after a line break', `\n${publicPem}`, ['HS256'], NO_KEY],
    ['a public key and a secret', rsa.publicKey, ['RS256', 'HS256'], 'key is no key for HS256'],
    ['a secret for a public key', 'a'.repeat(64), ['ES256'], 'its type is secret, not ec'],
    ['a short secret', 'a'.repeat(47), ['HS384'], 'fewer than 384 bits'],
    ['a private key', rsa.privateKey, ['RS256'], NO_KEY],
    ['a damaged key', '-----BEGIN PUBLIC KEY-----', ['RS256'], NO_KEY],
  ])('cannot be %s', (_what, key, algorithms, message) => {
    expect(() => readJwtKey(key, algorithms)).toThrow(message);
  });

  it.each<[KeyObject, JwtAlgorithm[], string]>([
    [
      secretOf(31),
      ['HS256'],
      'key is no key for HS256: it has fewer than 256 bits (RFC 7518, section 3.2).',
    ],
    [
      rsaOf(1024),
      ['RS256'],
      'key is no key for RS256: it has fewer than 2048 bits (RFC 7518, section 3.3).',
    ],
    [
      curve('prime256v1'),
      ['ES256', 'ES384'],
      'key is no key for ES384: its curve is prime256v1, not secp384r1.',
    ],
    [
      secretOf(32),
      ['none' as 'HS256'],
      `algorithms has "none". It may have ${ALGORITHMS.join(', ')}.`,
    ],
    [
      secretOf(32),
      undefined as never,
      "algorithms is not a list of algorithms, such as ['RS256'].",
    ],
  ])('that is none of an algorithm is named with the reason: %#', (key, algorithms, message) => {
    expect(() => readJwtKey(key, algorithms)).toThrow(new Error(message));
  });
});
