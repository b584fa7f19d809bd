import { forge } from '../support/forge.js';
import { bob } from '../support/claims.js';
import {
  bearer,
  claimsWith,
  requestText,
  VALID_TOKEN,
  type Rejection,
  type RequestAttack,
} from './attack.js';

const ROUTE = '/required';
const BOBS_TOKEN = forge(claimsWith(bob));
const FORM = 'Content-Type: application/x-www-form-urlencoded';
const JSON_TYPE = 'Content-Type: application/json';

/** Headers that hold a valid token, and yet not one Authorization header with exactly one. */
export const MISPLACED_TOKENS: [string, string[]][] = [
  ['none', []],
  ['the same Authorization twice', [bearer(VALID_TOKEN), bearer(VALID_TOKEN)]],
  ['two Authorizations', [bearer(VALID_TOKEN), bearer(BOBS_TOKEN)]],
  ['a valid and an invalid Authorization', [bearer(VALID_TOKEN), bearer('invalid')]],
  ['an invalid and a valid Authorization', [bearer('invalid'), bearer(VALID_TOKEN)]],
  ['an empty and a valid Authorization', ['Authorization:', bearer(VALID_TOKEN)]],
  ['two Authorizations in two cases', [bearer(VALID_TOKEN), `AUTHORIZATION: Bearer ${BOBS_TOKEN}`]],
  ['three Authorizations', Array.from({ length: 3 }, () => bearer(VALID_TOKEN))],
  ['Basic and Bearer', ['Authorization: Basic YTpi', bearer(VALID_TOKEN)]],
  ['two tokens in a list', [`${bearer(VALID_TOKEN)}, Bearer ${BOBS_TOKEN}`]],
  ['a list with one token', [`${bearer(VALID_TOKEN)},`]],
  ['a parameter', [`${bearer(VALID_TOKEN)};charset=utf-8`]],
  ['token=', [bearer(`token=${VALID_TOKEN}`)]],
  ['quotes', [bearer(`"${VALID_TOKEN}"`)]],
  ['two spaces', [bearer(` ${VALID_TOKEN}`)]],
  ['a tab instead of the space', [`Authorization: Bearer\t${VALID_TOKEN}`]],
  ['a no-break space instead of the space', [`Authorization: Bearer\u00a0${VALID_TOKEN}`]],
  ['no space', [`Authorization: Bearer${VALID_TOKEN}`]],
  ['Bearer twice', [bearer(`Bearer ${VALID_TOKEN}`)]],
  ['no scheme', [`Authorization: ${VALID_TOKEN}`]],
  ['the scheme Token', [`Authorization: Token ${VALID_TOKEN}`]],
  ['the scheme Basic', [`Authorization: Basic ${VALID_TOKEN}`]],
  ['the scheme Basic, with base64', [`Authorization: Basic ${btoa(`alice:${VALID_TOKEN}`)}`]],
  ['the scheme DPoP', [`Authorization: DPoP ${VALID_TOKEN}`]],
  ['a scheme that begins with Bearer', [`Authorization: BearerX ${VALID_TOKEN}`]],
  ['X-Authorization', [`X-Authorization: Bearer ${VALID_TOKEN}`]],
  ['Proxy-Authorization', [`Proxy-Authorization: Bearer ${VALID_TOKEN}`]],
  ['X-Forwarded-Authorization', [`X-Forwarded-Authorization: Bearer ${VALID_TOKEN}`]],
  ['X-Original-Authorization', [`X-Original-Authorization: Bearer ${VALID_TOKEN}`]],
  ['X-Access-Token', [`X-Access-Token: ${VALID_TOKEN}`]],
  ['a header that begins with Authorization', [`Authorization_: Bearer ${VALID_TOKEN}`]],
  ['Sec-WebSocket-Protocol', [`Sec-WebSocket-Protocol: bearer, ${VALID_TOKEN}`]],
  ['headers with a username', ['X-User-Id: user-alice', 'X-Forwarded-User: user-alice']],
  ['a cookie', [`Cookie: access_token=${VALID_TOKEN}`]],
  ['a cookie with the name of the header', [`Cookie: Authorization=Bearer ${VALID_TOKEN}`]],
];

/** Headers that Node.js takes for an attack on whatever stands before it. */
const BROKEN_HEADERS: [string, string[]][] = [
  ['a space before the colon', [`Authorization : Bearer ${VALID_TOKEN}`]],
  ['a null byte', [bearer(`${VALID_TOKEN}\u0000`)]],
  ['a carriage return', [bearer(`\r${VALID_TOKEN}`)]],
  ['a name with a null byte', [`Authorization\u0000: Bearer ${VALID_TOKEN}`]],
];

export const REQUEST_ATTACKS: RequestAttack[] = [
  ...MISPLACED_TOKENS.map(([what, headers]) => attack(`headers: ${what}`, headers)),
  ...BROKEN_HEADERS.map(([what, headers]) => attack(`headers: ${what}`, headers, [400])),
  attack('headers: a folded line', ['Authorization: Bearer', ` ${VALID_TOKEN}`], [400, 401]),
  startLine('the token in the query', `GET ${ROUTE}?access_token=${VALID_TOKEN}`),
  startLine(
    'the token in the query, as the header',
    `GET ${ROUTE}?Authorization=Bearer%20${VALID_TOKEN}`,
  ),
  startLine(
    'the token in the fragment',
    `GET ${ROUTE}#access_token=${VALID_TOKEN}`,
    [401, 400, 404],
  ),
  startLine('the token in the path', `GET ${ROUTE}/${VALID_TOKEN}`, [401, 404, 414]),
  startLine(
    'the user name of an address',
    `GET http://${VALID_TOKEN}@127.0.0.1${ROUTE}`,
    [401, 404, 400],
  ),
  {
    name: 'the token in a form',
    request: () => requestText(`POST ${ROUTE}`, [FORM], `access_token=${VALID_TOKEN}`),
    answers: [401],
  },
  {
    name: 'the token in a JSON body',
    request: () => requestText(`POST ${ROUTE}`, [JSON_TYPE], tokensInJson()),
    answers: [401],
  },
  {
    name: 'a JSON body that sets the headers by the prototype',
    request: () => requestText(`POST ${ROUTE}`, [JSON_TYPE], pollution()),
    answers: [401, 400],
  },
  {
    name: 'the header in a trailer',
    request: () => chunked(`Trailer: Authorization\r\n`, `${bearer(VALID_TOKEN)}\r\n`),
    answers: [401],
  },
  {
    name: 'the header in a trailer, next to another token',
    request: () => chunked(`${bearer('invalid')}\r\n`, `${bearer(VALID_TOKEN)}\r\n`),
    answers: [401],
  },
  {
    name: 'an unauthenticated request on a connection that had a user',
    request: () => keptAlive(bearer(VALID_TOKEN)) + requestText(`GET ${ROUTE}`),
    answers: [401],
  },
  {
    name: 'an unauthenticated request hidden by two lengths',
    request: () => requestText(`POST ${ROUTE}`, ['Content-Length: 1', 'Content-Length: 2'], 'aa'),
    answers: [400],
  },
  {
    name: 'a request hidden by a length and chunks',
    request: () => requestText(`POST ${ROUTE}`, ['Transfer-Encoding: chunked'], '0\r\n\r\n'),
    answers: [400],
  },
  ...['HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH', 'TRACE'].map((method) =>
    startLine(`no token, and the method ${method}`, `${method} ${ROUTE}`, [401, 404, 400]),
  ),
  ...['/REQUIRED', '/required/', '//required', '/./required', '/%72equired', '/required;a=b'].map(
    (path) => startLine(`no token, and the path ${path}`, `GET ${path}`, [401, 404, 400]),
  ),
  attack('a method override header', ['X-HTTP-Method-Override: OPTIONS']),
  attack('path override headers', ['X-Original-URL: /public', 'X-Rewrite-URL: /public']),
];

function attack(
  name: string,
  headers: string[],
  answers: readonly Rejection[] = [401],
): RequestAttack {
  return { name, request: () => requestText(`GET ${ROUTE}`, headers), answers };
}

function startLine(
  name: string,
  line: string,
  answers: readonly Rejection[] = [401],
): RequestAttack {
  return { name, request: () => requestText(line), answers };
}

function tokensInJson(): string {
  return JSON.stringify({ access_token: VALID_TOKEN, authorization: `Bearer ${VALID_TOKEN}` });
}

function pollution(): string {
  const headers = { authorization: `Bearer ${VALID_TOKEN}` };
  return `{"__proto__":${JSON.stringify({ headers, ...headers })}}`;
}

function chunked(headers: string, trailers: string): string {
  return (
    `POST ${ROUTE} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n${JSON_TYPE}\r\n` +
    `Transfer-Encoding: chunked\r\n${headers}\r\n2\r\n{}\r\n0\r\n${trailers}\r\n`
  );
}

function keptAlive(header: string): string {
  return `GET ${ROUTE} HTTP/1.1\r\nHost: 127.0.0.1\r\n${header}\r\n\r\n`;
}
