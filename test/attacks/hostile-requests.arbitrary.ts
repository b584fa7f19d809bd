import * as fc from 'fast-check';
import { ACME_ID } from '../support/project.js';
import { bearer, requestText, VALID_TOKEN } from './attack.js';
import { anyText, badToken, knownCaller, oneLine, unknownCaller } from './callers.arbitrary.js';
import { document, mutated, operation, orgId } from './operations.arbitrary.js';
import { GRANTS } from './secrets.js';

/** A request as it goes over the wire, and the handlers that may answer it. */
export interface HostileRequest {
  readonly text: string;
  readonly mayReach: readonly string[];
}

/** A request without the headers of its caller. */
interface Parts {
  readonly startLine: string;
  readonly headers: readonly string[];
  readonly body: string;
}

/** Every route; `@` stands where its path names an organization. */
const GET_ROUTES =
  '/required /optional /public /in-person /orgs/@ /names/@ /query?orgId=@ /header /active /owners/@ /billing/@ /two/@/header ' +
  '/two/@/query?orgId=@ /key /key/personal /key/org /key/orgs/@ /key/admins/@ /key/owners/@ /either';
const POST_ROUTES = '/required /body /token /withdrawals /withdrawals/in-person /webhook';
const ROUTES = `${GET_ROUTES} ${POST_ROUTES} /graphql`.split(' ');

const withOrg = (route: string, id: string) => route.replaceAll('@', () => encodeURIComponent(id));

const headerLine = fc
  .oneof(
    { weight: 3, arbitrary: orgId.map((id) => `X-Org-Id: ${id}`) },
    fc
      .constantFrom('unknown', GRANTS.ofBob, GRANTS.forExport, '')
      .map((grant) => `X-Step-Up-Grant: ${grant}`),
    fc.constantFrom(
      'Upgrade: x',
      'Expect: 100-continue',
      'Connection: authorization',
      'X-HTTP-Method-Override: OPTIONS',
      'X-Original-URL: /public',
      'X-Forwarded-For: 127.0.0.1',
      'Forwarded: for=127.0.0.1;host=x',
      'Cookie: a=b',
      'Accept: text/event-stream',
      'Accept-Version: 2',
      'Apollo-Require-Preflight: 1',
      'Origin: null',
      'Range: bytes=0-',
      'If-None-Match: *',
      'Content-Encoding: gzip',
      'svix-id: msg_1',
      'svix-timestamp: 1800000000',
      'svix-signature: v1,AAAA',
      '__proto__: 1',
      'constructor: 1',
    ),
    fc
      .tuple(fc.stringMatching(/^[A-Za-z-]{1,12}$/), anyText(20))
      .filter(([name]) => !/^(connection|upgrade|content-length|transfer-encoding)$/i.test(name))
      .map((pair) => pair.join(': ')),
  )
  .map(oneLine);

const JSON_TYPE = 'Content-Type: application/json';

const postedTo: Record<string, fc.Arbitrary<string>> = {
  '/body': orgId.map((id) => JSON.stringify({ orgId: id })),
  '/token': badToken.map((token) => JSON.stringify({ token })),
  '/webhook': fc.constant('{"event_type":"user.created"}'),
  '/graphql': fc.oneof(
    { weight: 8, arbitrary: operation.map((one) => JSON.stringify(one)) },
    fc.array(operation, { maxLength: 3 }).map((batch) => JSON.stringify(batch)),
  ),
};

/** Requests as the routes expect them. */
const usual: fc.Arbitrary<Parts> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .record({
        route: fc.constantFrom(...GET_ROUTES.split(' ')),
        id: orgId,
        headers: fc.array(headerLine, { maxLength: 2 }),
      })
      .map(({ route, id, headers }) => ({
        startLine: `GET ${withOrg(route, id)}`,
        headers,
        body: '',
      })),
  },
  fc.constantFrom(...POST_ROUTES.split(' '), '/graphql', '/graphql').chain((route) =>
    fc.record({
      startLine: fc.constant(`POST ${route}`),
      headers: fc.array(headerLine, { maxLength: 2 }).map((lines) => [...lines, JSON_TYPE]),
      body: postedTo[route] ?? fc.constant('{}'),
    }),
  ),
);

const method = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('GET', 'POST', 'HEAD') },
  fc.constantFrom('OPTIONS', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND', 'QUERY', 'get', 'X'),
);

/** Other ways to write an address, or to write another. */
const respelled: fc.Arbitrary<(path: string) => string> = fc.oneof(
  fc.constantFrom<(path: string) => string>(
    (path) => path,
    (path) => `/${path}`,
    (path) => `${path}/`,
    (path) => `${path};a=b`,
    (path) => `/public/..${path}`,
    (path) => `/.${path}`,
    (path) => path.toUpperCase(),
    (path) => path.replaceAll('/', '%2f'),
    (path) => path.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
    (path) => `http://127.0.0.1${path}`,
    (path) => `${path}%00`,
    (path) => `${path}%`,
    (path) => `${path}#x`,
  ),
  fc.tuple(fc.nat({ max: 40 }), anyText(3)).map(
    ([at, text]) =>
      (path: string) =>
        path.slice(0, at) + encodeURI(text) + path.slice(at),
  ),
);

const query = fc.oneof(
  fc
    .array(orgId, { maxLength: 2 })
    .map((ids) => ids.map((id) => `orgId=${encodeURIComponent(id)}`).join('&')),
  fc.constantFrom(
    'orgId[]=x',
    `__proto__[orgId]=${ACME_ID}`,
    `access_token=${VALID_TOKEN}`,
    '%',
    'a=%ff',
    '_method=GET',
  ),
  document.map((text) => `query=${encodeURIComponent(text)}`),
  fc.webQueryParameters(),
);

/** A body, behind the header that says what it is. */
const typedBody: fc.Arbitrary<[type: string, body: string]> = fc.oneof(
  fc.constant<[string, string]>(['X-Nothing: 1', '']),
  fc
    .oneof(
      fc.json(),
      mutated(operation.map((one) => JSON.stringify(one))),
      fc.constantFrom('{"__proto__":{"user":{}}}', '['.repeat(2_000)),
      ...Object.values(postedTo),
    )
    .map((text): [string, string] => [JSON_TYPE, text]),
  fc.tuple(
    fc
      .constantFrom(
        'text/plain',
        'application/x-www-form-urlencoded',
        'application/graphql',
        'multipart/form-data; boundary=b',
        'application/json; charset=utf-16',
        'application/json; charset=x',
        'application/jsonx',
        'x',
        '',
      )
      .map((type) => `Content-Type: ${type}`),
    fc.oneof(
      anyText(30),
      document.map((text) => `query=${text}`),
      fc.constant('--b\r\n\r\n--b--'),
    ),
  ),
);

/** Requests that fit no route, or not quite. */
const unusual: fc.Arbitrary<Parts> = fc
  .record({
    verb: method,
    route: fc.constantFrom(...ROUTES, '/graphql', '/graphql'),
    id: orgId,
    respell: respelled,
    search: query,
    lines: fc.array(headerLine, { maxLength: 4 }),
    content: typedBody,
  })
  .map(({ verb, route, id, respell, search, lines, content: [type, body] }) => ({
    startLine: `${verb} ${respell(withOrg(route, id))}${route.includes('?') ? '&' : '?'}${search}`,
    headers: [...lines, type],
    body,
  }));

const textOf = (headers: readonly string[], parts: Parts) =>
  requestText(parts.startLine, [...headers, ...parts.headers], parts.body);

/** Ends what waits for more of a request. */
const ENDING = '\0'.repeat(2_000);

/** Requests that parsers disagree about, or that are none. Whoever sends them has no good credential. */
const broken = fc
  .tuple(
    fc.constantFrom(
      'Content-Length: 3',
      'Content-Length: 900',
      'Transfer-Encoding: chunked',
      'Transfer-Encoding: x',
      'Content-Length: 1, 2',
      'Host: x',
      ' folded',
      'X : 1',
      'X',
    ),
    badToken,
    unusual,
  )
  .map(([line, token, parts]) => textOf([line, oneLine(bearer(token))], parts));

const parts = fc.oneof({ weight: 3, arbitrary: usual }, unusual);

/** Any request, with those handlers that its caller may reach. */
export const hostileRequest: fc.Arbitrary<HostileRequest> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc
      .record({ caller: fc.oneof(unknownCaller, knownCaller), parts })
      .map(({ caller: { headers, mayReach }, parts: others }) => ({
        text: textOf(headers, others),
        mayReach,
      })),
  },
  fc.oneof(broken, mutated(broken)).map((text) => ({ text: text + ENDING, mayReach: [] })),
);
