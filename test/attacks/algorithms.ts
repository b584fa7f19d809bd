import { createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import {
  encode,
  forge,
  PROJECT_KEYS,
  ps256,
  rs256,
  rs384,
  unsigned,
  type Signer,
} from '../support/forge.js';
import { hmacSignature, rsaSignature } from '../support/raw-token.js';
import { claimsWith, partsOf, VALID_TOKEN, type TokenAttack } from './attack.js';

const SPELLINGS_OF_NONE = ['none', 'None', 'NONE', 'nOnE', ' none', 'none\u0000', 'no\u006ee ', ''];

const NO_ALGORITHMS: unknown[] = [undefined, null, 0, false, [], ['none'], ['RS256'], {}];

const KEY_AS_BYTES = PROJECT_KEYS.publicKey.export({ type: 'spki', format: 'der' });

/** Everything that a confused verifier could take the public key for. */
const SECRETS: [string, string | Buffer][] = [
  ['the public key as PEM', PROJECT_KEYS.publicKeyPem],
  ['the public key as PEM, trimmed', PROJECT_KEYS.publicKeyPem.trim()],
  ['the public key as PEM in one line', PROJECT_KEYS.publicKeyPem.replaceAll('\n', '\\n')],
  ['the public key as DER', KEY_AS_BYTES],
  ['the public key as PKCS#1 DER', PROJECT_KEYS.publicKey.export({ type: 'pkcs1', format: 'der' })],
  ['the public key as base64', KEY_AS_BYTES.toString('base64')],
  ['the public key as JWK', JSON.stringify(PROJECT_KEYS.publicKey.export({ format: 'jwk' }))],
  ['an empty secret', ''],
  ['the word secret', 'secret'],
];

const HMACS = [
  ['HS256', 'sha256'],
  ['HS384', 'sha384'],
  ['HS512', 'sha512'],
] as const;

const ellipticKeys = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const edwardsKeys = generateKeyPairSync('ed25519').privateKey;

/** Signatures that are real, of algorithms that PropelAuth does not use. */
const OTHER_ALGORITHMS: [string, string, Signer][] = [
  ['RS384 and the project’s own key', 'RS384', rs384()],
  ['RS512 and the project’s own key', 'RS512', rsaSignature(PROJECT_KEYS.privateKey, 'sha512')],
  ['PS256 and the project’s own key', 'PS256', ps256()],
  ['ES256', 'ES256', es256(ellipticKeys)],
  ['ES256 and a signature of zeroes', 'ES256', () => Buffer.alloc(64)],
  ['EdDSA', 'EdDSA', (input) => sign(null, Buffer.from(input), edwardsKeys)],
  ['Ed25519', 'Ed25519', (input) => sign(null, Buffer.from(input), edwardsKeys)],
  ['a PSS signature under the name RS256', 'RS256', ps256()],
  ['an RS384 signature under the name RS256', 'RS256', rs384()],
  ['an ECDSA signature under the name RS256', 'RS256', es256(ellipticKeys)],
  ['an HMAC under the name RS256', 'RS256', hmacSignature(PROJECT_KEYS.publicKeyPem)],
  ['RS256 in lower case', 'rs256', rs256()],
  ['RS256 and a space', 'RS256 ', rs256()],
  ['RS1', 'RS1', rsaSignature(PROJECT_KEYS.privateKey, 'sha1')],
  ['an algorithm by a name that objects have', 'constructor', rs256()],
  ['an algorithm by the name of a prototype', '__proto__', rs256()],
  ['an algorithm that does not exist', 'XS256', rs256()],
];

export const ALGORITHM_ATTACKS: TokenAttack[] = [
  ...SPELLINGS_OF_NONE.flatMap((alg) => [
    { name: `alg ${JSON.stringify(alg)} without a signature`, token: withAlgorithm(alg, unsigned) },
    { name: `alg ${JSON.stringify(alg)} and four zeroes`, token: withAlgorithm(alg, zeroes) },
    { name: `alg ${JSON.stringify(alg)}, well signed`, token: withAlgorithm(alg, rs256()) },
    { name: `alg ${JSON.stringify(alg)} and a seen signature`, token: withSeenSignature(alg) },
  ]),
  ...NO_ALGORITHMS.flatMap((alg) => [
    { name: `${describe(alg)} for alg, unsigned`, token: withAlgorithm(alg, unsigned) },
    { name: `${describe(alg)} for alg, well signed`, token: withAlgorithm(alg, rs256()) },
  ]),
  ...HMACS.flatMap(([alg, hash]) =>
    SECRETS.map(([what, secret]) => ({
      name: `${alg} with ${what} for a secret`,
      token: withAlgorithm(alg, (input) => createHmac(hash, secret).update(input).digest()),
    })),
  ),
  ...OTHER_ALGORITHMS.map(([name, alg, signer]) => ({ name, token: withAlgorithm(alg, signer) })),
];

function withAlgorithm(alg: unknown, signer: Signer): () => string {
  return () => forge(claimsWith(), { alg, typ: 'JWT' }, signer);
}

function withSeenSignature(alg: string): () => string {
  const [, payload, signature] = partsOf(VALID_TOKEN);
  return () => `${encode(JSON.stringify({ alg }))}.${payload}.${signature}`;
}

function zeroes(): Buffer {
  return Buffer.alloc(3);
}

function es256(key: KeyObject): Signer {
  return (input) => sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
}

function describe(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
