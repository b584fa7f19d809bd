import { forge } from '../support/forge.js';
import { bob } from '../support/claims.js';
import { claimsWith, VALID_TOKEN } from './attack.js';
import { KEYS } from './secrets.js';

/** What a client of graphql-ws sends, message by message, and the request that opens its connection. */
export interface ConnectionAttack {
  readonly name: string;
  readonly messages: readonly string[];
  readonly headers?: Record<string, string>;
  readonly query?: string;
}

const BEARER = `Bearer ${VALID_TOKEN}`;
const GOOD = `"Authorization":"${BEARER}"`;

/** Connection parameters as JSON, also such as `JSON.stringify` cannot write. */
const init = (parameters: string) => `{"type":"connection_init","payload":${parameters}}`;

const subscribe = (query: string) =>
  JSON.stringify({ id: '1', type: 'subscribe', payload: { query } });

const ASK = subscribe('{ me }');

/** The same without an attack. */
export const CONNECTION_CONTROL: ConnectionAttack = {
  name: 'a token in the connection parameters',
  messages: [init(`{${GOOD}}`), ASK],
};

const many = (count: number) =>
  Array.from({ length: count }, (_, index) => `"p${index}":1`).join(',');

/** Parameters that hold no token, or not one that is read. */
const PARAMETERS: [string, string][] = [
  ['null', 'null'],
  ['true', 'true'],
  ['a number', '7'],
  ['a text', JSON.stringify(BEARER)],
  ['a list', JSON.stringify([BEARER])],
  ['an array of parameters', `[{${GOOD}}]`],
  ['nothing', '{}'],
  ['an empty token', '{"Authorization":""}'],
  ['Bearer alone', '{"Authorization":"Bearer"}'],
  ['Bearer and a space', '{"Authorization":"Bearer "}'],
  ['no scheme', JSON.stringify({ Authorization: VALID_TOKEN })],
  ['the scheme Basic', JSON.stringify({ Authorization: `Basic ${VALID_TOKEN}` })],
  ['two spaces', JSON.stringify({ Authorization: `Bearer  ${VALID_TOKEN}` })],
  ['a line break after the token', JSON.stringify({ Authorization: `${BEARER}\n` })],
  ['a null byte after the token', JSON.stringify({ Authorization: `${BEARER}\0` })],
  ['null for the token', '{"Authorization":null}'],
  ['a number for the token', '{"Authorization":7}'],
  ['true for the token', '{"Authorization":true}'],
  ['an array instead of the token', JSON.stringify({ Authorization: [BEARER] })],
  ['an object instead of the token', JSON.stringify({ Authorization: { toString: BEARER } })],
  ['a token nested in a token', `{"Authorization":{${GOOD}}}`],
  ['a token in headers', `{"headers":{${GOOD}}}`],
  ['a token in a payload', `{"payload":{${GOOD}}}`],
  ['a token in the prototype', `{"__proto__":{${GOOD}}}`],
  ['a token in the constructor', `{"constructor":{"prototype":{${GOOD}}}}`],
  [
    'a token under the names of getters',
    JSON.stringify(
      Object.fromEntries(
        [
          'toString',
          'valueOf',
          'toJSON',
          'hasOwnProperty',
          '__defineGetter__',
          '__lookupGetter__',
          'length',
          'then',
          'get',
        ].map((name) => [name, BEARER]),
      ),
    ),
  ],
  [
    'a token under other names',
    JSON.stringify(
      Object.fromEntries(
        [
          'token',
          'authToken',
          'accessToken',
          'access_token',
          'auth',
          'x-authorization',
          'Authorization ',
          ' Authorization',
          'Authorization\0',
          'Authorızation',
          'Autħorization',
        ].map((name) => [name, BEARER]),
      ),
    ),
  ],
  [
    'an API key',
    JSON.stringify({ Authorization: `Bearer ${KEYS.personal}`, 'x-api-key': KEYS.personal }),
  ],
  ['two tokens in two cases', `{${GOOD},"authorization":"${BEARER}"}`],
  ['a token and null in two cases', `{${GOOD},"AUTHORIZATION":7}`],
  ['two tokens under one name, the last one wrong', `{${GOOD},"Authorization":"Bearer x"}`],
  ['51 parameters, the last one the token', `{${many(50)},${GOOD}}`],
  ['51 parameters, the first one the token', `{${GOOD},${many(50)}}`],
  ['100,000 parameters and a token', `{${many(100_000)},${GOOD}}`],
  ['a token of 17 KB', JSON.stringify({ Authorization: `Bearer ${'a'.repeat(17_408)}` })],
  ['a token of a megabyte', JSON.stringify({ Authorization: `Bearer ${'a'.repeat(2 ** 20)}` })],
  ['parameters hundreds deep', `{"a":${'['.repeat(500)}${']'.repeat(500)}}`],
  ['a modified token', JSON.stringify({ Authorization: `${BEARER.slice(0, -8)}AAAAAAAA` })],
  ['a token with more after a comma', JSON.stringify({ Authorization: `${BEARER}, ${BEARER}` })],
];

const query = (name: string) => `?${new URLSearchParams({ [name]: VALID_TOKEN }).toString()}`;

export const CONNECTION_ATTACKS: ConnectionAttack[] = [
  ...PARAMETERS.map(([what, parameters]) => ({
    name: `${what} for connection parameters`,
    messages: [init(parameters), ASK],
  })),
  ...[
    'query { ... { me } }',
    '{ a: me b: me }',
    'mutation { change }',
    'subscription { ticks }',
  ].map((document) => ({
    name: `no parameters, and ${document}`,
    messages: [init('{}'), subscribe(document)],
  })),
  { name: 'an operation before the connection is open', messages: [ASK] },
  { name: 'an operation before the parameters', messages: [ASK, init(`{${GOOD}}`)] },
  {
    name: 'a token, and then parameters without one',
    messages: [init(`{${GOOD}}`), init('{}'), ASK],
  },
  { name: 'no type', messages: [`{"payload":{${GOOD}}}`, ASK] },
  { name: 'the type of a prototype', messages: [`{"type":"__proto__","payload":{${GOOD}}}`, ASK] },
  { name: 'the type constructor', messages: [`{"type":"constructor","payload":{${GOOD}}}`, ASK] },
  { name: 'no JSON', messages: ['connection_init', ASK] },
  {
    name: 'the token in the parameters of an operation',
    messages: [
      init('{}'),
      `{"id":"1","type":"subscribe","payload":{"query":"{ me }","extensions":{${GOOD}},"variables":{${GOOD}}}}`,
    ],
  },
  {
    name: 'the token next to the payload of an operation',
    messages: [init('{}'), `{"id":"1","type":"subscribe",${GOOD},"payload":{"query":"{ me }"}}`],
  },
  ...['token', 'access_token', 'authorization'].map((name) => ({
    name: `the token as ${name} in the address of a connection`,
    messages: [init('{}'), ASK],
    query: query(name),
  })),
  {
    name: 'two different tokens, one in the header',
    messages: [init(`{${GOOD}}`), ASK],
    headers: { Authorization: `Bearer ${forge(claimsWith(bob))}` },
  },
  {
    name: 'a good token and a wrong one in the header',
    messages: [init(`{${GOOD}}`), ASK],
    headers: { Authorization: 'Bearer x' },
  },
  {
    name: 'a wrong token and a good one in the header',
    messages: [init('{"Authorization":"Bearer x"}'), ASK],
    headers: { Authorization: BEARER },
  },
  {
    name: 'a cookie of a connection',
    messages: [init('{}'), ASK],
    headers: { Cookie: `Authorization=${BEARER}; access_token=${VALID_TOKEN}` },
  },
];
