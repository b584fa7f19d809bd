import { randomBytes } from 'node:crypto';
import { EncryptJWT, FlattenedSign } from 'jose';
import {
  encode,
  forge,
  PROJECT_KEYS,
  rs256,
  signParts,
  toJson,
  unsigned,
} from '../support/forge.js';
import { bob } from '../support/claims.js';
import {
  addTrailingBits,
  append,
  changeCharacter,
  cut,
  insert,
  toBase64Alphabet,
  type TextMutation,
} from '../support/text-mutations.js';
import { claimsWith, partsOf, VALID_TOKEN, type TokenAttack } from './attack.js';

/** Ways to write the same bytes, or nearly, that lenient decoders forgive. */
const NOT_STRICT: [string, TextMutation][] = [
  ['one padding character', append('=')],
  ['two padding characters', append('==')],
  ['encoded padding', append('%3D')],
  ['a space in it', insert(5, ' ')],
  ['a tab in it', insert(5, '\t')],
  ['a plus in it', insert(5, '+')],
  ['a slash in it', insert(5, '/')],
  ['an equals sign in it', insert(5, '=')],
  ['a character that looks like a letter', insert(5, 'é')],
  ['a lone last character', append('A')],
  ['unused bits that are set', addTrailingBits(1)],
  ['all unused bits set', addTrailingBits(0b1111)],
];

// Of 25 and 1 more than a multiple of three bytes: both have bits to spare in their last character, as the signature has.
const HEADER = encode('{"alg":"RS256","kid":"a"}');
const PAYLOAD = encode(withLengthLeavingOne(toJson(claimsWith({ first_name: '???>>>~~~' }))));

/** Signatures that somebody without the key could hope for. */
const SIGNATURES: [string, TextMutation][] = [
  ['empty', () => ''],
  ['one character', () => 'A'],
  ['one byte', () => 'AA'],
  ['zeroes', () => encode(Buffer.alloc(256))],
  ['the number one', () => encode(Buffer.concat([Buffer.alloc(255), Buffer.from([1])]))],
  ['a number larger than the modulus', () => encode(Buffer.alloc(256, 255))],
  ['random', () => encode(randomBytes(256))],
  ['truncated by a character', cut(1)],
  ['truncated by a byte', cut(2)],
  ['truncated by half', (signature) => signature.slice(0, 171)],
  [
    'with an extra byte',
    (signature) => encode(Buffer.concat([bytesOf(signature), Buffer.alloc(1)])),
  ],
  [
    'with a leading null byte',
    (signature) => encode(Buffer.concat([Buffer.alloc(1), bytesOf(signature)])),
  ],
  ['twice', (signature) => encode(Buffer.concat([bytesOf(signature), bytesOf(signature)]))],
  ['backwards', (signature) => encode(Buffer.from(bytesOf(signature).toReversed()))],
  ['with its first bit changed', changeCharacter(0, 32)],
  ['with its middle changed', changeCharacter(170, 1)],
  ['with its last bit changed', changeCharacter(-1, 16)],
  ['from another token', () => partsOf(forge(claimsWith(bob)))[2]],
  ['in hexadecimal', (signature) => bytesOf(signature).toString('hex')],
];

const [header, payload, signature] = partsOf(VALID_TOKEN);
const rootClaims = encode(toJson(claimsWith({ user_id: 'user-root' })));
const [bobsHeader, bobsPayload, bobsSignature] = partsOf(forge(claimsWith(bob)));

/** Parts in other numbers, places and formats. */
const STRUCTURES: [string, () => string | Promise<string>][] = [
  ['bob’s claims under alice’s signature', () => `${header}.${bobsPayload}.${signature}`],
  ['alice’s claims under bob’s signature', () => `${bobsHeader}.${payload}.${bobsSignature}`],
  ['other claims under a seen signature', () => `${header}.${rootClaims}.${signature}`],
  ['another header under a seen signature', () => `${HEADER}.${payload}.${signature}`],
  ['the signature first', () => `${signature}.${payload}.${header}`],
  ['claims and signature swapped', () => `${header}.${signature}.${payload}`],
  ['no header', () => `.${payload}.${signature}`],
  ['no claims', () => `${header}..${signature}`],
  ['detached claims, correctly signed', () => signParts(header, '')],
  ['an empty header, correctly signed', () => signParts('', payload)],
  ['one part', () => payload],
  ['two parts', () => `${header}.${payload}`],
  ['four parts', () => `${VALID_TOKEN}.${signature}`],
  ['a leading dot', () => `.${VALID_TOKEN}`],
  ['a trailing dot', () => `${VALID_TOKEN}.`],
  ['only dots', () => '..'],
  ['five empty parts', () => '....'],
  ['two tokens', () => `${VALID_TOKEN}.${VALID_TOKEN}`],
  ['two tokens with a comma', () => `${VALID_TOKEN},${VALID_TOKEN}`],
  ['quotes', () => `"${VALID_TOKEN}"`],
  ['encryption to a secret (JWE)', () => encryptedDirectly()],
  ['encryption to the project’s public key (JWE)', () => encryptedToPublicKey()],
  ['JWE with an unsigned token inside', () => encryptedToPublicKey(forge({}, {}, unsigned))],
  ['JSON serialization', () => flattened()],
  ['JSON serialization, encoded', async () => encode(await flattened())],
  [
    'a token as claims',
    () => signParts(encode('{"alg":"RS256","cty":"JWT"}'), encode(VALID_TOKEN)),
  ],
  ['a token as claims in JSON', () => forge(VALID_TOKEN, { alg: 'RS256', cty: 'JWT' })],
  [
    'an unsigned token in a signed one',
    () => forge(forge(claimsWith(), { alg: 'none' }, unsigned)),
  ],
];

/** Texts of headers and claims; all are well signed. */
const JSON_TEXTS: [string, string, string][] = [
  ['a header with two algs, none last', '{"alg":"RS256","alg":"none"}', toJson(claimsWith())],
  [
    'a header with an escaped second alg',
    '{"alg":"RS256","\\u0061lg":"none"}',
    toJson(claimsWith()),
  ],
  ['a header that is a list', '[{"alg":"RS256"}]', toJson(claimsWith())],
  ['a header that is a text', '"RS256"', toJson(claimsWith())],
  ['a header that is null', 'null', toJson(claimsWith())],
  ['a header that is no JSON', 'alg=RS256', toJson(claimsWith())],
  ['a header with alg below the prototype', '{"__proto__":{"alg":"RS256"}}', toJson(claimsWith())],
  ['a header with bytes behind it', '{"alg":"RS256"}\u0000', toJson(claimsWith())],
  [
    'a header thousands of levels deep',
    `{"alg":"RS256","x":${nested(1_500)}}x`,
    toJson(claimsWith()),
  ],
  ['two exps, the last one over', '{"alg":"RS256"}', withSecond('"exp":1')],
  [
    'two issuers, the last one another',
    '{"alg":"RS256"}',
    withSecond('"iss":"https://evil.example"'),
  ],
  ['two user_ids, the last one null', '{"alg":"RS256"}', withSecond('"user_id":null')],
  ['claims below the prototype', '{"alg":"RS256"}', `{"__proto__":${toJson(claimsWith())}}`],
  ['claims in a list', '{"alg":"RS256"}', `[${toJson(claimsWith())}]`],
  ['claims in a text', '{"alg":"RS256"}', JSON.stringify(toJson(claimsWith()))],
  ['null for claims', '{"alg":"RS256"}', 'null'],
  ['a number for claims', '{"alg":"RS256"}', '1'],
  ['true for claims', '{"alg":"RS256"}', 'true'],
  ['no text for claims', '{"alg":"RS256"}', ' '],
  ['claims that are cut off', '{"alg":"RS256"}', toJson(claimsWith()).slice(0, -1)],
  ['claims with a comment', '{"alg":"RS256"}', `${toJson(claimsWith())}/**/`],
  ['claims twice', '{"alg":"RS256"}', toJson(claimsWith()).repeat(2)],
  ['claims in UTF-16', '{"alg":"RS256"}', Buffer.from(toJson(claimsWith()), 'utf16le').toString()],
  ['claims thousands deep', '{"alg":"RS256"}', nested(5_000)],
  ['claims thousands deep and cut off', '{"alg":"RS256"}', '['.repeat(10_000)],
];

export const TOKEN_TEXT_ATTACKS: TokenAttack[] = [
  ...NOT_STRICT.flatMap(([what, mutate]) => [
    { name: `a header with ${what}, well signed`, token: () => signParts(mutate(HEADER), PAYLOAD) },
    { name: `claims with ${what}, well signed`, token: () => signParts(HEADER, mutate(PAYLOAD)) },
    { name: `a signature with ${what}`, token: () => withSignature(mutate) },
  ]),
  {
    name: 'claims in the alphabet of plain base64, correctly signed',
    token: () => signParts(HEADER, toBase64Alphabet(PAYLOAD)),
  },
  ...SIGNATURES.map(([what, mutate]) => ({
    name: `a signature that is ${what}`,
    token: () => `${header}.${payload}.${mutate(signature)}`,
  })),
  ...STRUCTURES.map(([what, token]) => ({ name: `instead of a token: ${what}`, token })),
  ...JSON_TEXTS.map(([what, headerText, claimsText]) => ({
    name: `${what}, well signed`,
    token: () => signParts(encode(headerText), encode(claimsText), rs256()),
  })),
];

/** What the tokens with unusual text are made of, as a valid token: without the attack, it is let in. */
export const UNUSUAL_VALID_TOKEN = signParts(HEADER, PAYLOAD);

function withSignature(mutate: TextMutation): string {
  const [, , unchanged] = partsOf(UNUSUAL_VALID_TOKEN);
  return `${HEADER}.${PAYLOAD}.${mutate(unchanged)}`;
}

function bytesOf(part: string): Buffer {
  return Buffer.from(part, 'base64url');
}

function withLengthLeavingOne(json: string): string {
  return json + ' '.repeat((4 - (Buffer.byteLength(json) % 3)) % 3);
}

function withSecond(claim: string): string {
  return toJson(claimsWith()).replace(/}$/, `,${claim}}`);
}

function nested(levels: number): string {
  return '['.repeat(levels) + ']'.repeat(levels);
}

function encryptedDirectly(): Promise<string> {
  return new EncryptJWT(claimsWith())
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
    .encrypt(randomBytes(32));
}

/** Everybody has the public key, and so can encrypt to it. */
function encryptedToPublicKey(inner?: string): Promise<string> {
  return new EncryptJWT(inner === undefined ? claimsWith() : { ...claimsWith(), token: inner })
    .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM' })
    .encrypt(PROJECT_KEYS.publicKey);
}

async function flattened(): Promise<string> {
  const signed = await new FlattenedSign(Buffer.from(toJson(claimsWith())))
    .setProtectedHeader({ alg: 'RS256' })
    .sign(PROJECT_KEYS.privateKey);
  return JSON.stringify(signed);
}
