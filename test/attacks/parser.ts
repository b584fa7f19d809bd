import { ACME_ID } from '../support/project.js';
import {
  attacksOn,
  bearer,
  requestText,
  VALID_TOKEN,
  type Rejection,
  type RequestAttack,
} from './attack.js';

const HOST = 'Host: 127.0.0.1';
const CLOSE = 'Connection: close';

/** A request with a valid token, which an attacker hides in the body of another: it must not be taken for one. */
const HIDDEN = requestText('GET /required', [bearer(VALID_TOKEN)]);

const control = () => HIDDEN;

/** An anonymous request with these headers and this body, as they are. */
const post = (headers: string[], body: string) =>
  `POST /public HTTP/1.1\r\n${[HOST, ...headers].join('\r\n')}\r\n\r\n${body}`;

const CHUNKED = 'Transfer-Encoding: chunked';
const LAST = '0\r\n\r\n';
const length = (value: unknown) => `Content-Length: ${String(value)}`;

/** Headers about which two parsers could disagree where the body ends. */
const FRAMES: [string, string[], string?][] = [
  ['a length and chunks', [length(4), CHUNKED]],
  ['chunks and a length', [CHUNKED, length(LAST.length + HIDDEN.length)]],
  ['a length of nothing and chunks', [length(0), CHUNKED]],
  ['two lengths', [length(0), length(HIDDEN.length)], ''],
  ['two lengths, the longer first', [length(HIDDEN.length), length(0)], ''],
  ['several lengths in one header', [length(`0, ${HIDDEN.length}`)], ''],
  ['a length with a sign', [length('+0')], ''],
  ['a negative length', [length(-1)], ''],
  ['a length in hexadecimal', [length('0x0')], ''],
  ['a length with a point', [length('0.0')], ''],
  ['a length with an exponent', [length('0e1')], ''],
  ['a length with a space in it', [length('0 0')], ''],
  ['a length with a letter', [length('0a')], ''],
  ['a length without a value', [length('')], ''],
  ['a length beyond all numbers', [length('18446744073709551616')], ''],
  ['a space before the colon of the length', ['Content-Length : 0'], ''],
  ['a space before the colon of chunks', ['Transfer-Encoding : chunked']],
  ['chunks that are not the last encoding', ['Transfer-Encoding: chunked, identity']],
  ['an unknown encoding', ['Transfer-Encoding: xchunked']],
  ['an encoding in quotes', ['Transfer-Encoding: "chunked"']],
  ['an encoding with a vertical tab', ['Transfer-Encoding: \u000bchunked']],
  ['an encoding with a null byte', ['Transfer-Encoding: chunked\0']],
  ['an unknown and a known encoding', ['Transfer-Encoding: x', CHUNKED, length(4)]],
  ['chunks on a folded line', ['Transfer-Encoding:', ' chunked', length(4)]],
  ['a length on a folded line', ['Content-Length:', ' 0'], ''],
  ['a length after a bare line feed', [`X: 1\n${length(0)}`], ''],
  ['chunks after a bare carriage return', [`X: 1\r${CHUNKED}`, length(4)]],
  ['a chunk of a negative size', [CHUNKED], `-1\r\n\r\n${LAST}`],
  ['a chunk of a size in hexadecimal', [CHUNKED], `0x0\r\n\r\n${LAST}`],
  ['a chunk of a size with a sign', [CHUNKED], `+0\r\n\r\n${LAST}`],
  ['a chunk of a size beyond all numbers', [CHUNKED], `fffffffffffffffff0\r\n${LAST}`],
  ['a chunk of a size with a space', [CHUNKED], `0 0\r\n\r\n${LAST}`],
  ['a chunk that ends with a bare line feed', [CHUNKED], '1\na\n0\n\n'],
  ['a chunk that is longer than it says', [CHUNKED], `1\r\nabc\r\n${LAST}`],
  ['a chunk without a size', [CHUNKED], '\r\n\r\n'],
  ['an extension of a chunk with a line feed', [CHUNKED], `1;a\nb\r\na\r\n${LAST}`],
];

/** Texts that are no requests of HTTP 1.1. */
const TEXTS: [string, string][] = [
  ['no host', `GET /required HTTP/1.1\r\n${CLOSE}\r\n\r\n`],
  ['two hosts', `GET /required HTTP/1.1\r\n${HOST}\r\nHost: evil.example\r\n${CLOSE}\r\n\r\n`],
  [
    'a header without a colon',
    `GET /required HTTP/1.1\r\n${HOST}\r\nAuthorization\r\n${CLOSE}\r\n\r\n`,
  ],
  [
    'a header without a name',
    `GET /required HTTP/1.1\r\n${HOST}\r\n: ${VALID_TOKEN}\r\n${CLOSE}\r\n\r\n`,
  ],
  [
    'a header before the start line',
    `${bearer(VALID_TOKEN)}\r\nGET /required HTTP/1.1\r\n${HOST}\r\n\r\n`,
  ],
  [
    'a space before the first header',
    `GET /required HTTP/1.1\r\n ${bearer(VALID_TOKEN)}\r\n${HOST}\r\n\r\n`,
  ],
  ['no version', 'GET /required\r\n\r\n'],
  ['the version 0.9', `GET /required HTTP/0.9\r\n${HOST}\r\n\r\n`],
  ['the version 1.2', `GET /required HTTP/1.2\r\n${HOST}\r\n${CLOSE}\r\n\r\n`],
  ['the version 2.0', `GET /required HTTP/2.0\r\n${HOST}\r\n${CLOSE}\r\n\r\n`],
  ['a version in lower case', `GET /required http/1.1\r\n${HOST}\r\n${CLOSE}\r\n\r\n`],
  ['the preface of HTTP 2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['a greeting of TLS', '\u0016\u0003\u0001\u0002\0\u0001\0\u0001'],
  ['a method in lower case', `get /required HTTP/1.1\r\n${HOST}\r\n${CLOSE}\r\n\r\n`],
  ['an unknown method', `LETIN /required HTTP/1.1\r\n${HOST}\r\n${CLOSE}\r\n\r\n`],
  ['a method with a null byte', `GE\0T /required HTTP/1.1\r\n${HOST}\r\n${CLOSE}\r\n\r\n`],
  ['a tunnel', `CONNECT 127.0.0.1:80 HTTP/1.1\r\n${HOST}\r\n${CLOSE}\r\n\r\n`],
  ['a tunnel to a route', `CONNECT /required HTTP/1.1\r\n${HOST}\r\n${CLOSE}\r\n\r\n`],
  ['two spaces in the start line', `GET  /required HTTP/1.1\r\n${HOST}\r\n${CLOSE}\r\n\r\n`],
  ['a tab in the start line', `GET\t/required HTTP/1.1\r\n${HOST}\r\n${CLOSE}\r\n\r\n`],
  ['bare line feeds', `GET /required HTTP/1.1\n${HOST}\n${CLOSE}\n\n`],
  ['bare carriage returns', `GET /required HTTP/1.1\r${HOST}\r\r`],
];

/** Ways to write the path of a route, none of them with a token. */
const PATHS = [
  '/required?',
  '/required#',
  '/required%00',
  '/required%20',
  '/required%2f',
  '/required%2e',
  '/required.json',
  '/required;jsessionid=1',
  '/required/.',
  '/required/..;/required',
  '/public/../required',
  '/public/%2e%2e/required',
  '/public/..%2frequired',
  '/public%2f..%2frequired',
  '/public;/../required',
  '/public//required',
  '/%2frequired',
  '/%2e/required',
  '/%252frequired',
  '///required',
  '/\\required',
  '\\required',
  '/required\\',
  '/requ%69red',
  '/%u0072equired',
  '/r\u0435quired',
  '/\uff52equired',
  '/%c0%afrequired',
  '/%ff',
  '/%',
  '/required%',
  '/orgs/%',
  '/orgs/%00',
  `/orgs/${ACME_ID}%00`,
  `/orgs/${ACME_ID}/../../public`,
  `/public/..;/orgs/${ACME_ID}`,
  'http://127.0.0.1/required',
  'HTTP://127.0.0.1/required',
  'http://evil.example/required',
  'http:///required',
  '//evil.example/required',
  'file:///required',
  'required',
  '*',
  '/__proto__',
  '/constructor',
];

/** Headers by which something in front of an application, or in it, would take another request. */
const HEADERS: [string, string[], Rejection[]?][] = [
  ['X-HTTP-Method: OPTIONS', ['X-HTTP-Method: OPTIONS']],
  ['X-Method-Override: HEAD', ['X-Method-Override: HEAD']],
  ['X-HTTP-Method-Override: TRACE', ['X-HTTP-Method-Override: TRACE']],
  ['X-Forwarded-Path: /public', ['X-Forwarded-Path: /public', 'X-Forwarded-Prefix: /public']],
  ['X-Original-URI: /public', ['X-Original-URI: /public', 'X-Forwarded-URI: /public']],
  [
    'Forwarded: for=127.0.0.1',
    ['Forwarded: for=127.0.0.1', 'X-Forwarded-For: 127.0.0.1', 'X-Real-IP: 127.0.0.1'],
  ],
  ['Upgrade without a Connection', ['Upgrade: x']],
  ['Expect: 100-continue', ['Expect: 100-continue']],
  ['Expect: x', ['Expect: x'], [401, 417]],
  ['Connection: authorization', ['Connection: authorization', 'Authorization: Bearer x']],
  ['Connection: authorization, and no token', ['Connection: close, authorization, x-api-key']],
  ['Proxy-Connection: authorization', ['Proxy-Connection: authorization']],
  [
    'Content-Type: application/json, without a body',
    ['Content-Type: application/json'],
    [400, 401],
  ],
  [
    'Content-Encoding: gzip, without a body',
    ['Content-Encoding: gzip', 'Content-Type: application/json'],
    [400, 401],
  ],
  ['Range: bytes=0-', ['Range: bytes=0-']],
  ['If-None-Match: *', ['If-None-Match: *']],
  [
    'Origin: null',
    [
      'Origin: null',
      'Access-Control-Request-Method: GET',
      'Access-Control-Request-Headers: authorization',
    ],
  ],
  [
    'names that objects inherit',
    ['constructor: 1', 'toString: 1', 'hasOwnProperty: 1', 'valueOf: 1'],
  ],
  ['__proto__', ['__proto__: authorization', `__proto__: Bearer ${VALID_TOKEN}`]],
];

export const PARSER_ATTACKS: RequestAttack[] = [
  ...attacksOn(
    control,
    [400],
    FRAMES.map(([what, headers, body = LAST]) => [
      `a request hidden behind ${what}`,
      () => post(headers, body + HIDDEN),
    ]),
  ),
  ...attacksOn(
    control,
    [400, 401, 404, 405, 'closed'],
    TEXTS.map(([what, text]) => [`a request with ${what}`, () => text]),
  ),
  ...attacksOn(
    control,
    [401, 400, 404, 'closed'],
    PATHS.map((path) => [`no token, and the address ${path}`, () => requestText(`GET ${path}`)]),
  ),
  ...attacksOn(
    control,
    [401],
    HEADERS.map(([what, headers, answers]) => [
      `no token, and ${what}`,
      () => requestText('GET /required', headers),
      answers,
    ]),
  ),
  ...['?_method=OPTIONS', '?_method=HEAD', '?method=GET&path=/public'].map((query) => ({
    name: `no token, and the query ${query}`,
    request: () => requestText(`POST /required${query}`),
    answers: [401] as const,
    control,
  })),
];
