import { createHash } from 'node:crypto';
import { forge } from '../support/forge.js';
import { bob, carol } from '../support/claims.js';
import { ACME_ID, GLOBEX_ID } from '../support/project.js';
import {
  attacksOn,
  bearer,
  claimsWith,
  requestText,
  VALID_TOKEN,
  type Rejection,
  type RequestAttack,
} from './attack.js';
import { GRANTS, KEYS } from './secrets.js';

const JSON_TYPE = 'Content-Type: application/json';
const alices = bearer(VALID_TOKEN);
const impersonated = bearer(forge(claimsWith({ impersonator_user_id: 'employee' })));

/** An answer of 200 is one whose field was rejected: what handlers say is not in it. */
const ANSWERS: Rejection[] = [200, 400, 401, 403, 404, 405, 413, 415];

interface Operation {
  readonly query?: unknown;
  readonly variables?: unknown;
  readonly operationName?: unknown;
  readonly extensions?: unknown;
}

const post = (body: Operation | Operation[] | string, ...headers: string[]) =>
  requestText(
    'POST /graphql',
    [JSON_TYPE, ...headers],
    typeof body === 'string' ? body : JSON.stringify(body),
  );

const address = (parameters: Record<string, string>) =>
  `/graphql?${new URLSearchParams(parameters).toString()}`;

const get = (parameters: Record<string, string>, ...headers: string[]) =>
  requestText(`GET ${address(parameters)}`, headers);

const ME = '{ me }';
const BOTH = `{ ok: members(orgId: "${ACME_ID}") no: members(orgId: "${GLOBEX_ID}") }`;

/** Documents that reach a guarded field by a detour. */
const DOCUMENTS: [string, Operation][] = [
  ['an alias', { query: '{ public: me }' }],
  ['the alias __typename', { query: '{ __typename: me }' }],
  ['the alias constructor', { query: '{ constructor: me toString: me }' }],
  ['the alias of a public field', { query: '{ report: me }' }],
  [
    'a hundred aliases',
    { query: `{ ${Array.from({ length: 100 }, (_, n) => `a${n}: me`).join(' ')} }` },
  ],
  ['public fields around it', { query: '{ a: report { id } me b: report { id } }' }],
  ['an optional field next to it', { query: '{ visitor me }' }],
  ['__typename next to it', { query: '{ __typename me }' }],
  ['introspection next to it', { query: '{ __schema { queryType { name } } me }' }],
  [
    'introspection of a type next to it',
    { query: '{ __type(name: "Query") { fields { name } } me }' },
  ],
  ['an inline fragment', { query: '{ ... { me } }' }],
  ['an inline fragment on Query', { query: '{ ... on Query { me } }' }],
  ['nested fragments', { query: '{ ... { ... on Query { ... { me } } } }' }],
  ['a named fragment', { query: '{ ...f } fragment f on Query { me }' }],
  [
    'nested named fragments',
    { query: '{ ...f } fragment f on Query { ...g } fragment g on Query { me }' },
  ],
  ['a fragment that contains itself', { query: '{ ...f } fragment f on Query { me ...f }' }],
  ['a fragment on another type', { query: '{ ... on Report { me } }' }],
  [
    '@include',
    { query: 'query ($yes: Boolean!) { me @include(if: $yes) }', variables: { yes: true } },
  ],
  ['@skip', { query: '{ me @skip(if: false) }' }],
  ['@skip on the public field next to it', { query: '{ report @skip(if: true) { id } me }' }],
  ['@defer', { query: '{ ... @defer { me } }' }],
  ['@live', { query: 'query @live { me }' }],
  ['an unknown directive', { query: '{ me @public }' }],
  ['the name of a public operation', { query: 'query report { me }', operationName: 'report' }],
  [
    'two operations, with the name of the other one',
    { query: 'query a { report { id } } query b { me }', operationName: 'b' },
  ],
  ['two operations without a name', { query: 'query a { report { id } } query b { me }' }],
  ['the name of a prototype', { query: 'query __proto__ { me }', operationName: '__proto__' }],
  ['a mutation', { query: 'mutation { change }' }],
  ['two mutations', { query: 'mutation { a: change b: change }' }],
  ['a subscription over HTTP', { query: 'subscription { ticks }' }],
  ['a field below a public one', { query: `{ report { secret(orgId: "${ACME_ID}") } }` }],
  [
    'a query and a mutation in one document',
    { query: 'query a { report { id } } mutation b { change }', operationName: 'b' },
  ],
  [
    'the token in a variable',
    { query: ME, variables: { Authorization: `Bearer ${VALID_TOKEN}`, token: VALID_TOKEN } },
  ],
  [
    'the token in extensions',
    { query: ME, extensions: { headers: { authorization: `Bearer ${VALID_TOKEN}` } } },
  ],
  ['the token in a comment', { query: `# Authorization: Bearer ${VALID_TOKEN}\n{ me }` }],
  [
    'a persisted query',
    {
      query: ME,
      extensions: {
        persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(ME).digest('hex') },
      },
    },
  ],
  ['a byte order mark', { query: '\ufeff{ me }' }],
  ['an array instead of the query', { query: [ME] }],
  ['an object instead of the query', { query: { query: ME } }],
  ['a number instead of the query', { query: 7 }],
  ['a string instead of variables', { query: ME, variables: '{}' }],
  ['an array instead of variables', { query: ME, variables: [] }],
  ['a number instead of the name', { query: ME, operationName: 7 }],
];

/** Bodies that are no operation, and yet have one. */
const BODIES: [string, string][] = [
  ['a batch', JSON.stringify([{ query: ME }])],
  [
    'a batch with a public operation',
    JSON.stringify([{ query: '{ report { id } }' }, { query: ME }]),
  ],
  ['an empty batch', '[]'],
  ['a text', JSON.stringify(ME)],
  ['null', 'null'],
  ['the prototype', `{"__proto__":{"query":"${ME}"}}`],
  ['two queries', `{"query":"{ report { id } }","query":"${ME}"}`],
  ['a query thousands deep', JSON.stringify({ query: '{'.repeat(5_000) })],
  [
    'variables thousands deep',
    `{"query":"${ME}","variables":{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}}`,
  ],
];

/** Ways to name Acme that are not its id, to somebody who is no member of what is named. */
const ORG_IDS: unknown[] = [
  GLOBEX_ID,
  '',
  ' ',
  '__proto__',
  'constructor',
  'null',
  `${ACME_ID} `,
  ACME_ID.toUpperCase(),
  `${ACME_ID},${GLOBEX_ID}`,
  null,
  7,
  true,
  [],
  [ACME_ID],
  { orgId: ACME_ID },
];

const MEMBERS = 'query ($orgId: String!) { members(orgId: $orgId) }';

const MULTIPART = (query: string) =>
  `--b\r\nContent-Disposition: form-data; name="operations"\r\n\r\n${JSON.stringify({ query, variables: { f: null } })}\r\n` +
  '--b\r\nContent-Disposition: form-data; name="map"\r\n\r\n{"0":["variables.f"]}\r\n' +
  '--b\r\nContent-Disposition: form-data; name="0"; filename="a"\r\n\r\na\r\n--b--\r\n';

/** Other ways to send an operation. */
const REQUESTS: [string, () => string][] = [
  ['in a URL', () => get({ query: ME })],
  [
    'in a URL, with the token next to it',
    () => get({ query: ME, authorization: `Bearer ${VALID_TOKEN}` }),
  ],
  [
    'in a URL, as a mutation',
    () => get({ query: 'mutation { change }' }, alices, 'Apollo-Require-Preflight: 1'),
  ],
  [
    'in a URL, with variables',
    () => get({ query: MEMBERS, variables: JSON.stringify({ orgId: ACME_ID }) }),
  ],
  ['in the URL of a POST', () => requestText(`POST ${address({ query: ME })}`, [JSON_TYPE], '{}')],
  [
    'in a form',
    () =>
      requestText(
        'POST /graphql',
        ['Content-Type: application/x-www-form-urlencoded'],
        String(new URLSearchParams({ query: ME })),
      ),
  ],
  [
    'in a multipart form',
    () =>
      requestText(
        'POST /graphql',
        ['Content-Type: multipart/form-data; boundary=b', 'Apollo-Require-Preflight: 1'],
        MULTIPART(ME),
      ),
  ],
  [
    'as application/graphql',
    () => requestText('POST /graphql', ['Content-Type: application/graphql'], ME),
  ],
  [
    'as plain text',
    () => requestText('POST /graphql', ['Content-Type: text/plain'], JSON.stringify({ query: ME })),
  ],
  ['by PUT', () => requestText('PUT /graphql', [JSON_TYPE], JSON.stringify({ query: ME }))],
  ['by HEAD', () => requestText(`HEAD ${address({ query: ME })}`)],
  ['with Upgrade', () => post({ query: ME }, 'Upgrade: x')],
];

/** Callers whose credential is not the one. */
const CALLERS: [string, string, string[]][] = [
  ['two tokens', ME, [alices, alices]],
  ['a token with another scheme', ME, [`Authorization: Basic ${VALID_TOKEN}`]],
  ['an API key where users are allowed', ME, [`X-API-Key: ${KEYS.personal}`]],
  ['a user where API keys are let in', '{ script }', [alices]],
  ['two API keys', '{ script }', [`X-API-Key: ${KEYS.personal}`, `X-API-Key: ${KEYS.personal}`]],
  ['an API key and a token', '{ script }', [`X-API-Key: ${KEYS.personal}`, alices]],
  ['an unknown API key', '{ a: script b: script }', ['X-API-Key: unknown']],
  ['an employee who impersonates', '{ inPerson }', [impersonated]],
  ['no grant', 'mutation { withdraw }', [alices]],
  [
    'a grant for another action',
    'mutation { withdraw }',
    [alices, `X-Step-Up-Grant: ${GRANTS.forExport}`],
  ],
  ['a grant of bob', 'mutation { withdraw }', [alices, `X-Step-Up-Grant: ${GRANTS.ofBob}`]],
  [
    'an Admin where Owners are allowed',
    `{ owners(orgId: "${ACME_ID}") }`,
    [bearer(forge(claimsWith(bob)))],
  ],
  [
    'a Member where Owners are allowed, below a public field',
    `{ report { secret(orgId: "${ACME_ID}") } }`,
    [bearer(forge(claimsWith(carol)))],
  ],
  ['an Owner in another organization', `{ owners(orgId: "${GLOBEX_ID}") }`, [alices]],
];

export const GRAPHQL_ATTACKS: RequestAttack[] = [
  ...DOCUMENTS.map(([what, operation]) => ({
    name: `a guarded field and ${what}`,
    request: () => post(operation),
    answers: ANSWERS,
    control: () => post({ query: ME }, alices),
  })),
  ...attacksOn(() => post({ query: ME }, alices), ANSWERS, [
    ...BODIES.map(
      ([what, body]) => [`an operation in a body that is ${what}`, () => post(body)] as const,
    ),
    ...REQUESTS.map(([how, request]) => [`an operation ${how}`, request] as const),
  ]),
  ...attacksOn(() => post({ query: MEMBERS, variables: { orgId: ACME_ID } }, alices), ANSWERS, [
    ...ORG_IDS.map(
      (orgId) =>
        [
          `the org id ${JSON.stringify(orgId)} in the arguments of a field`,
          () => post({ query: MEMBERS, variables: { orgId } }, alices),
        ] as const,
    ),
    [
      'an org id that is the default of a variable',
      () =>
        post(
          { query: `query ($orgId: String! = "${GLOBEX_ID}") { members(orgId: $orgId) }` },
          alices,
        ),
    ],
    [
      'an org id in a variable with another name',
      () => post({ query: MEMBERS, variables: { ORGID: ACME_ID } }, alices),
    ],
    [
      'an org id in the URL',
      () =>
        requestText(
          `POST /graphql?orgId=${ACME_ID}`,
          [JSON_TYPE, alices],
          JSON.stringify({ query: MEMBERS, variables: { orgId: GLOBEX_ID } }),
        ),
    ],
    [
      'another organization’s members before those of Acme',
      () =>
        post(
          { query: BOTH },
          bearer(forge(claimsWith({ ...carol, org_id_to_org_member_info: {} }))),
        ),
    ],
  ]),
  ...CALLERS.map(([who, query, headers]) => ({
    name: `${who}, for ${query}`,
    request: () => post({ query }, ...headers),
    answers: ANSWERS,
    control: () =>
      query.includes('script')
        ? post({ query }, `X-API-Key: ${KEYS.personal}`)
        : post(
            { query: query.replace(GLOBEX_ID, ACME_ID) },
            alices,
            `X-Step-Up-Grant: ${GRANTS.good}`,
          ),
  })),
];
