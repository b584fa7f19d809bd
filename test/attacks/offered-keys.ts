import { createHmac } from 'node:crypto';
import { encode, FOREIGN_KEYS, forge, rs256, signParts, toJson } from '../support/forge.js';
import { claimsWith, type TokenAttack } from './attack.js';

const foreign = rs256(FOREIGN_KEYS.privateKey);
const jwk = FOREIGN_KEYS.publicKey.export({ format: 'jwk' });
const certificate = FOREIGN_KEYS.publicKey.export({ type: 'spki', format: 'der' });

/** What a header can say about the key, each of which would have the attacker's own key used. */
const OFFERS: [string, (keyServer: string) => object][] = [
  ['nothing', () => ({})],
  ['jwk', () => ({ jwk })],
  ['jwk with a private part', () => ({ jwk: FOREIGN_KEYS.privateKey.export({ format: 'jwk' }) })],
  ['jwk as a string', () => ({ jwk: JSON.stringify(jwk) })],
  ['jwks', () => ({ jwks: { keys: [jwk] } })],
  ['jku', (keyServer) => ({ jku: `${keyServer}/jwks.json` })],
  [
    'jku with a user name',
    (keyServer) => ({ jku: keyServer.replace('//', '//auth.example.com@') }),
  ],
  ['jku and kid', (keyServer) => ({ jku: `${keyServer}/jwks.json`, kid: 'attacker' })],
  ['x5u', (keyServer) => ({ x5u: `${keyServer}/certificate.pem` })],
  ['x5c', () => ({ x5c: [certificate.toString('base64')] })],
  ['x5t', () => ({ x5t: encode(certificate.subarray(0, 20)) })],
  ['a kid', () => ({ kid: 'attacker' })],
  ['a kid that is a URL', (keyServer) => ({ kid: `${keyServer}/key.pem` })],
  ['a kid that is a path', () => ({ kid: '../../../../../../proc/self/environ' })],
  ['a kid that is /dev/null', () => ({ kid: '/dev/null' })],
  ['a kid that is SQL', () => ({ kid: "x' UNION SELECT 'secret" })],
  ['a kid that is a command', () => ({ kid: 'x;sleep 60' })],
  ['a kid that objects inherit', () => ({ kid: '__proto__' })],
  ['a kid that is a number', () => ({ kid: 0 })],
  ['a kid that is an array', () => ({ kid: ['attacker'] })],
];

/** Names of keys that a look-up could answer with an empty, and so known, secret. */
const EMPTY_KEYS = ['/dev/null', '../../../../dev/null', "x' UNION SELECT '", '__proto__', ''];

/** Headers that ask for more than is understood. The tokens are well signed. */
const CRITICAL: [string, object][] = [
  ['an unknown name', { crit: ['exp-policy'], 'exp-policy': 1 }],
  ['an unknown name that is missing', { crit: ['exp-policy'] }],
  ['a name that always exists', { crit: ['alg'] }],
  ['a name that objects inherit', { crit: ['constructor'] }],
  ['nothing', { crit: [] }],
  ['a text', { crit: 'b64' }],
  ['numbers', { crit: [1] }],
  ['null', { crit: null }],
  ['b64, which is missing', { crit: ['b64'] }],
  ['b64, which is a string', { crit: ['b64'], b64: 'false' }],
];

export const OFFERED_KEY_ATTACKS: TokenAttack[] = [
  ...OFFERS.map(([what, offer]) => ({
    name: `the attacker’s key, and in the header ${what}`,
    token: (keyServer: string) =>
      forge(claimsWith(), { alg: 'RS256', typ: 'JWT', ...offer(keyServer) }, foreign),
  })),
  ...EMPTY_KEYS.map((kid) => ({
    name: `an empty secret under the kid ${JSON.stringify(kid)}`,
    token: () => forge(claimsWith(), { alg: 'HS256', kid }, emptySecret),
  })),
  ...CRITICAL.map(([what, header]) => ({
    name: `a header that names as critical ${what}`,
    token: () => forge(claimsWith(), { alg: 'RS256', ...header }),
  })),
  { name: 'unencoded claims (b64: false)', token: () => unencoded(false) },
  { name: 'unencoded claims, in base64', token: () => unencoded(true) },
];

function emptySecret(input: string): Buffer {
  return createHmac('sha256', '').update(input).digest();
}

/** RFC 7797: the signature is over the claims as they are. Well signed. */
function unencoded(sentEncoded: boolean): string {
  const header = encode('{"alg":"RS256","b64":false,"crit":["b64"]}');
  const claims = toJson(claimsWith());
  const [, , signature] = splitLast(signParts(header, claims));
  return `${header}.${sentEncoded ? encode(claims) : claims}.${signature}`;
}

/** The claims may hold dots themselves. */
function splitLast(token: string): [string, string, string] {
  const first = token.indexOf('.');
  const last = token.lastIndexOf('.');
  return [token.slice(0, first), token.slice(first + 1, last), token.slice(last + 1)];
}
