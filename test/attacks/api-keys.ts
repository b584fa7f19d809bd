import { ACME_ID, GLOBEX_ID } from '../support/project.js';
import {
  attacksOn,
  bearer,
  requestText,
  VALID_TOKEN,
  type Rejection,
  type RequestAttack,
} from './attack.js';
import { JUNK_ABOUT_KEYS } from './junk-answers.js';
import { KEYS } from './secrets.js';

const key = KEYS.personal;

const inHeader = (value: string) => `X-API-Key: ${value}`;

const withHeaders = (path: string, ...headers: string[]) => requestText(`GET ${path}`, headers);

/** Headers that hold a key, and yet not exactly one credential that is one. */
const HEADERS: [string, string[], Rejection[]?][] = [
  ['no key', []],
  ['an empty key', [inHeader('')]],
  ['the header twice', [inHeader(key), inHeader(key)]],
  ['two keys', [inHeader(key), inHeader(KEYS.org)]],
  ['an empty and a good key', [inHeader(''), inHeader(key)]],
  ['a good and an empty key', [inHeader(key), inHeader('')]],
  ['the header in two cases', [inHeader(key), `x-api-key: ${key}`]],
  ['the key in both headers', [inHeader(key), bearer(key)]],
  ['two keys in two headers', [inHeader(key), bearer(KEYS.org)]],
  ['an empty header next to a bearer token', [inHeader(''), bearer(key)]],
  ['a key next to an access token', [inHeader(key), bearer(VALID_TOKEN)]],
  ['a key next to a forged token', [inHeader(key), bearer('a.b.c')]],
  ['a key next to Bearer alone', [inHeader(key), 'Authorization: Bearer']],
  ['the bearer twice', [bearer(key), bearer(key)]],
  ['the bearer in two cases', [bearer(key), `AUTHORIZATION: bearer ${KEYS.org}`]],
  ['an array of keys', [inHeader(`${key}, ${key}`)]],
  ['an array of one key', [inHeader(`${key},`)]],
  ['a key with a space in it', [inHeader(`${key.slice(0, 32)} ${key.slice(32)}`)]],
  ['a key with a tab in it', [inHeader(`${key.slice(0, 32)}\t${key.slice(32)}`)]],
  ['a key followed by a no-break space', [inHeader(`${key}\u00a0`)]],
  ['a key with a byte order mark', [inHeader(`\ufeff${key}`)]],
  ['a key with a null byte', [inHeader(`${key}\0`)], [400]],
  ['a key with a control character', [inHeader(`${key}\u0001`)], [400, 401]],
  ['a key with a delete character', [inHeader(`${key}\u007f`)], [400, 401]],
  ['a key with a carriage return', [inHeader(`${key}\rX: 1`)], [400]],
  ['a key on a folded line', ['X-API-Key:', ` ${key}`], [400, 401]],
  ['a key in quotes', [inHeader(`"${key}"`)]],
  ['a key with a scheme in X-API-Key', [inHeader(`Bearer ${key}`)]],
  ['a key with its name', [inHeader(`key=${key}`)]],
  ['a key in upper case', [inHeader(key.toUpperCase())]],
  ['a truncated key', [inHeader(key.slice(0, -1))]],
  ['a key with an extra character', [inHeader(`${key}0`)]],
  ['a key twice in one header', [inHeader(key + key)]],
  ['a percent-encoded key', [inHeader(`%${key.charCodeAt(0).toString(16)}${key.slice(1)}`)]],
  ['a key in base64', [inHeader(btoa(key))]],
  ['wildcards instead of a key', [inHeader('*')]],
  ['an SQL condition instead of a key', [inHeader("' or '1'='1")]],
  ['JSON instead of a key', [inHeader(JSON.stringify({ api_key_token: key }))]],
  ['a name that objects inherit instead of a key', [inHeader('constructor')]],
  ['a prototype instead of a key', [inHeader('__proto__')]],
  ['a path instead of a key', [inHeader(`../${key}`)]],
  ['a key of 1,025 characters', [inHeader('a'.repeat(1_025))]],
  ['a key of 10,000 characters', [inHeader('a'.repeat(10_000))]],
  ['a key of 10,000 characters as bearer', [bearer('a'.repeat(10_000))]],
  ['a key of a megabyte', [inHeader('a'.repeat(2 ** 20))], [431, 'closed']],
  ['an access token as X-API-Key', [inHeader(VALID_TOKEN)]],
  ['an access token as bearer', [bearer(VALID_TOKEN)]],
  ['a key of three parts as bearer', [bearer(KEYS.likeToken)]],
  ['the scheme Basic', [`Authorization: Basic ${btoa(`${key}:`)}`]],
  ['the scheme ApiKey', [`Authorization: ApiKey ${key}`]],
  ['the scheme Token', [`Authorization: Token ${key}`]],
  ['no scheme', [`Authorization: ${key}`]],
  ['two spaces after Bearer', [bearer(` ${key}`)]],
  ['X_API_Key', [`X_API_Key: ${key}`]],
  ['API-Key', [`API-Key: ${key}`]],
  ['X-API-Token', [`X-API-Token: ${key}`]],
  ['a cookie', [`Cookie: X-API-Key=${key}; api_key=${key}`]],
  ['a subprotocol', [`Sec-WebSocket-Protocol: bearer, ${key}`]],
];

/** Keys that are good, for another route. */
const WRONG_KINDS: [string, string, string, Rejection[]?][] = [
  ['a personal key where keys of organizations are let in', '/key/org', KEYS.personal],
  ['an organization’s key where personal ones are let in', '/key/personal', KEYS.org],
  ['a member’s key where personal ones are let in', '/key/personal', KEYS.admin],
  ['a key without an owner where personal ones are let in', '/key/personal', KEYS.nobody],
  ['a key without an owner where keys of organizations are let in', '/key/org', KEYS.nobody],
  ['a key without an owner for an organization', `/key/orgs/${ACME_ID}`, KEYS.nobody, [403]],
  ['a key without an owner where Admins are allowed', `/key/admins/${ACME_ID}`, KEYS.nobody, [403]],
  ['a personal key for an organization', `/key/orgs/${ACME_ID}`, KEYS.personal, [403]],
  ['a former member’s key', `/key/orgs/${ACME_ID}`, KEYS.formerMember],
  ['another organization’s key', `/key/orgs/${ACME_ID}`, KEYS.otherOrg, [403]],
  ['an organization’s key for another', `/key/orgs/${GLOBEX_ID}`, KEYS.org, [403]],
  ['a key for a prototype', '/key/orgs/__proto__', KEYS.org, [403]],
  ['a key for the name of its organization', '/key/orgs/Acme%20Inc', KEYS.org, [403]],
  ['an organization’s key where Admins are allowed', `/key/admins/${ACME_ID}`, KEYS.org, [403]],
  ['a former member’s key where Admins are allowed', `/key/admins/${ACME_ID}`, KEYS.formerMember],
  ['an Admin’s key where Owners are allowed', `/key/owners/${ACME_ID}`, KEYS.admin, [403]],
  ['an Admin’s key in another organization', `/key/admins/${GLOBEX_ID}`, KEYS.admin, [403]],
  ['a key where users are let in', '/required', KEYS.personal],
  ['a key where members are allowed', `/orgs/${ACME_ID}`, KEYS.admin],
];

const CONTROLS: Record<string, () => string> = {
  '/key/org': () => withHeaders('/key/org', inHeader(KEYS.org)),
  '/key/personal': () => withHeaders('/key/personal', inHeader(key)),
  '/either': () => withHeaders('/either', inHeader(key)),
  [`/key/orgs/${ACME_ID}`]: () => withHeaders(`/key/orgs/${ACME_ID}`, inHeader(KEYS.org)),
  [`/key/admins/${ACME_ID}`]: () => withHeaders(`/key/admins/${ACME_ID}`, inHeader(KEYS.admin)),
  '/required': () => withHeaders('/required', bearer(VALID_TOKEN)),
  [`/orgs/${ACME_ID}`]: () => withHeaders(`/orgs/${ACME_ID}`, bearer(VALID_TOKEN)),
};

const good = () => withHeaders('/key', inHeader(key));

const PLACES: [string, () => string, Rejection[]?][] = [
  ['a key in the query', () => withHeaders(`/key?api_key=${key}&X-API-Key=${key}`)],
  ['a key in the path', () => withHeaders(`/key/${key}`), [404]],
  ['a key as the username in the URL', () => withHeaders(`http://${key}@127.0.0.1/key`)],
  [
    'a key after a valid one, on one connection',
    () =>
      `GET /key HTTP/1.1\r\nHost: 127.0.0.1\r\n${inHeader(key)}\r\n\r\n${withHeaders('/key', inHeader('0'.repeat(64)))}`,
  ],
  [
    'no key after a valid one, on one connection',
    () => `GET /key HTTP/1.1\r\nHost: 127.0.0.1\r\n${inHeader(key)}\r\n\r\n${withHeaders('/key')}`,
  ],
  ['a key where users are optional', () => withHeaders('/optional', inHeader(key)), [200, 401]],
  [
    'a key as bearer where users are optional',
    () => withHeaders('/optional', bearer(key)),
    [200, 401],
  ],
];

export const API_KEY_ATTACKS: RequestAttack[] = [
  ...attacksOn(
    good,
    [401],
    HEADERS.map(([what, headers, answers]) => [
      `${what}, for a key`,
      () => withHeaders('/key', ...headers),
      answers,
    ]),
  ),
  ...HEADERS.filter(([, headers]) => headers.length > 1).map(([what, headers, answers]) => ({
    name: `${what}, where a user or a key is let in`,
    request: () => withHeaders('/either', ...headers),
    answers: answers ?? ([401] as const),
    control: CONTROLS['/either']!,
  })),
  ...WRONG_KINDS.map(([name, path, secret, answers]) => ({
    name,
    request: () => withHeaders(path, inHeader(secret)),
    answers: answers ?? ([401] as const),
    control: CONTROLS[path] ?? good,
  })),
  ...attacksOn(good, [401, 400, 404], PLACES),
  ...attacksOn(
    good,
    [401, 503],
    JUNK_ABOUT_KEYS.map(({ name, secret }) => [
      `PropelAuth answers about a key with ${name}`,
      () => withHeaders('/key', inHeader(secret)),
    ]),
  ),
];
