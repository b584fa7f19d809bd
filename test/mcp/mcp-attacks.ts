import { VALID_TOKEN as TOKEN_OF_USER, bearer, type Rejection } from '../attacks/attack.js';
import { mcpUser, type McpPropelAuth } from '../support/mcp.js';
import { ACME, GLOBEX } from '../support/project.js';
import { CLIENT_ID, INTROSPECTION, METADATA_URL, SCOPES } from '../support/mcp-options.js';

/** Under which rule the attacked handler is: a token alone, a scope too, or a role in the organization of the token. */
export type AttackedRule = 'plain' | 'scope' | 'role';

/** A request to an MCP server that must not let anybody in. */
export interface McpAttack {
  readonly name: string;
  /** Default: `plain`. */
  readonly rule?: AttackedRule;
  /** The headers of the request. What it does to PropelAuth has happened before. */
  readonly headers: (propelAuth: McpPropelAuth) => string[];
  /** Added to the address. */
  readonly query?: (propelAuth: McpPropelAuth) => string;
  /** Added to the message. */
  readonly fields?: (propelAuth: McpPropelAuth) => object;
  readonly method?: string;
  /** Default: 401. */
  readonly answers?: readonly Rejection[];
  /** How many questions it may cost: about tokens, and about users. Default: none. */
  readonly questions?: readonly [tokens: number, users: number];
}

export const owner = mcpUser('owner', { ...ACME, role: 'Owner' });
const member = mcpUser('member', { ...ACME, role: 'Member' });
const homeless = mcpUser('homeless');

/** About one token. */
const ONE = [1, 0] as const;
/** About one token and its user. */
const BOTH = [1, 1] as const;

type Claims = Record<string, unknown>;

/** Attacks by a token of the owner of which PropelAuth says something else. */
function claims(
  rows: readonly (readonly [name: string, claims: Claims, answer?: Rejection])[],
): McpAttack[] {
  return rows.map(([name, changes, answer = 401]) => ({
    name,
    headers: (propelAuth) => [bearer(propelAuth.token(owner, SCOPES, changes))],
    answers: [answer],
    questions: ONE,
  }));
}

/** Attacks by headers that hold a good token, and yet not as they should: PropelAuth is asked nothing. */
function headers(
  rows: readonly (readonly [
    name: string,
    headers: (token: string) => string[],
    answers?: Rejection[],
  ])[],
): McpAttack[] {
  return rows.map(([name, write, answers]) => ({
    name,
    headers: (propelAuth) => write(propelAuth.token(owner)),
    ...(answers && { answers }),
  }));
}

const other = (name: string, aud: unknown) => [name, { aud }] as const;

const INJECTION = '"\r\nX-Injected: 1\r\n\r\n<script>';

const TOKENS = claims([
  other('for another resource', 'https://other.example.com/mcp'),
  other('for the origin of the resource', 'https://api.example.com'),
  other('for a path below the resource', 'https://api.example.com/mcp/admin'),
  other('for a resource that begins alike', 'https://api.example.com/mcp2'),
  other('for the resource in other letters', 'https://api.example.com/MCP'),
  other('for the resource with two slashes', 'https://api.example.com/mcp//'),
  other('for the resource with a query', 'https://api.example.com/mcp?'),
  other('for the resource over http', 'http://api.example.com/mcp'),
  other('for the resource and a space', 'https://api.example.com/mcp '),
  other('for two resources in one text', 'https://api.example.com/mcp https://other.example.com'),
  other('for a host with the resource in front', 'https://api.example.com@other.example.com/mcp'),
  other('for a client instead of a resource', CLIENT_ID),
  other('for nothing', undefined),
  other('for an empty list', []),
  other('for an empty text', ''),
  other('for a list of a list', [['https://api.example.com/mcp']]),
  other('for an object', { 'https://api.example.com/mcp': true }),
  other('for everything', '*'),
  other('for what writes headers', `https://api.example.com/mcp${INJECTION}`),
  ['for a resource that contradicts the audience', { resource: 'https://other.example.com' }],
  ['that is a refresh token', { token_type: 'refresh_token' }],
  ['that has to be proven', { token_type: 'DPoP' }],
  ['that is inactive, whatever else is said', { active: false }],
  ['whose active is a string', { active: 'true' }, 503],
  ['whose active is a number', { active: 1 }, 503],
  ['of nobody', { sub: undefined }],
  ['with an empty sub', { sub: '' }],
  ['with a sub that is an array', { sub: ['user'] }, 503],
  ['without an expiry', { exp: undefined }],
  ['that has expired', { exp: 1 }],
  ['whose expiry is a string', { exp: '9999999999' }, 503],
  ['whose expiry is in milliseconds', { exp: 4_000_000_000_000 }, 503],
  ['without a client', { client_id: undefined }, 503],
]).map((attack) => ({ ...attack, name: `a token ${attack.name}` }));

const UNKNOWN: McpAttack[] = [
  ['of another project', 'token-that-another-project-knows', ONE],
  ['that is the client secret of introspection', INTROSPECTION.clientSecret, ONE],
  ["that is a user's own access token", TOKEN_OF_USER],
  ['that has three parts', 'a.b.c'],
  ['that is an encrypted JWT of five parts', 'a.b.c.d.e', ONE],
  ['that is a name objects have', 'constructor', ONE],
  ['that is a prototype', '__proto__', ONE],
  ['that is a path', '../../introspect', ONE],
  ['of 4,097 characters', 'a'.repeat(4_097)],
  ['with parameters of the form behind it', 'a&token=b'],
  ['with a percent sign', '%41'],
].map(([name, token, questions]) => ({
  name: `a token ${name as string}`,
  headers: () => [bearer(token as string)],
  ...(questions !== undefined && { questions: questions as typeof ONE }),
}));

/** Siblings of a token that the cache holds: each of them is another token. */
const SIBLINGS: McpAttack[] = (
  [
    ['truncated by one character', (token) => token.slice(0, -1)],
    ['with an extra character', (token) => `${token}0`],
    ['in upper case', (token) => token.toUpperCase()],
    ['padded', (token) => `${token}=`],
    ['twice', (token) => token + token],
  ] satisfies [string, (token: string) => string][]
).map(([name, change]) => ({
  name: `a cached token ${name}`,
  headers: ({ cached }: McpPropelAuth & { cached?: string }) => [bearer(change(cached as string))],
  questions: ONE,
}));

const HEADERS = headers([
  ['no token', () => []],
  ['a token twice', (token) => [bearer(token), bearer(token)]],
  ['a token and a user’s token', (token) => [bearer(token), bearer(TOKEN_OF_USER)]],
  [
    'a token in a second header in another case',
    (token) => ['authorization: Basic eA==', bearer(token)],
  ],
  ['a token with another scheme', (token) => [`Authorization: Token ${token}`]],
  ['a token without a scheme', (token) => [`Authorization: ${token}`]],
  ['a token after two spaces', (token) => [`Authorization: Bearer  ${token}`]],
  ['a token after a tab', (token) => [`Authorization: Bearer\t${token}`]],
  ['a token in quotes', (token) => [`Authorization: Bearer "${token}"`]],
  ['an array of tokens', (token) => [`Authorization: Bearer ${token}, ${token}`]],
  ['a token with a parameter', (token) => [`Authorization: Bearer token=${token};`]],
  [
    'a percent-encoded token',
    (token) => [bearer(`%${token.charCodeAt(0).toString(16)}${token.slice(1)}`)],
  ],
  ['a token with a no-break space', (token) => [bearer(`${token}\u00a0`)]],
  ['a token in fullwidth letters', (token) => [bearer(token.replace('m', '\uff4d'))]],
  ['a token with a null byte', (token) => [bearer(`${token}\0`)], [400]],
  ['a token on a folded line', (token) => ['Authorization: Bearer', ` ${token}`], [400, 401]],
  ['a token in X-API-Key', (token) => [`X-API-Key: ${token}`]],
  [
    'a token in a cookie',
    (token) => [`Cookie: access_token=${token}; Authorization=Bearer ${token}`],
  ],
  [
    'a token of a proxy',
    (token) => [
      `Proxy-Authorization: Bearer ${token}`,
      `X-Forwarded-Authorization: Bearer ${token}`,
    ],
  ],
  ['a session', (token) => [`Mcp-Session-Id: ${token}`]],
  ['the name of a public tool in Mcp-Name', () => ['Mcp-Name: open', 'Mcp-Method: tools/call']],
  ['the name of a public method in Mcp-Method', () => ['Mcp-Name: plain', 'Mcp-Method: ping']],
  [
    'another method by a header',
    () => ['X-HTTP-Method-Override: OPTIONS', 'X-Original-URL: /open'],
  ],
]);

const foreign = (origin: string) => (token: string) => [bearer(token), `Origin: ${origin}`];

const ORIGINS = headers(
  (
    [
      ['of an attacker', foreign('https://attacker.example.com')],
      ['of nobody', foreign('null')],
      ['that is empty', foreign('')],
      ['with the same prefix as the resource', foreign('https://api.example.com.attacker.example')],
      ['with the same suffix', foreign('https://attacker-api.example.com')],
      ['with another scheme', foreign('http://api.example.com')],
      ['with another port', foreign('https://api.example.com:8443')],
      ['of this machine', foreign('http://127.0.0.1')],
      [
        'of a name that points to this machine',
        (token) => [
          ...foreign('http://rebound.example')(token),
          'X-Forwarded-Host: rebound.example',
        ],
      ],
      [
        'twice',
        (token) => [
          ...foreign('https://api.example.com')(token),
          'Origin: https://attacker.example.com',
        ],
      ],
    ] as [string, (token: string) => string[]][]
  ).map(([name, write]) => [`an Origin ${name}`, write, [403]]),
);

const ELSEWHERE: McpAttack[] = [
  {
    name: 'a token in the query',
    headers: () => [],
    query: (propelAuth) => `?access_token=${propelAuth.token(owner)}&token=x`,
  },
  {
    name: 'a token in the body',
    headers: () => [],
    fields: (propelAuth) => {
      const token = propelAuth.token(owner);
      return {
        access_token: token,
        headers: { authorization: `Bearer ${token}` },
        auth: { token },
      };
    },
  },
  {
    name: 'a caller in the body',
    // Fastify accepts no body with such a name.
    answers: [400, 401],
    headers: () => [],
    fields: () => ({
      user: { userId: owner.userId, scope: SCOPES.join(' '), roles: ['Owner'] },
      mcp: { userId: owner.userId, scopes: SCOPES },
      ['__proto__']: { headers: { authorization: 'Bearer x' }, mcp: {} },
    }),
  },
  ...['HEAD', 'OPTIONS', 'PUT', 'PATCH', 'DELETE', 'GET', 'TRACE'].map((method) => ({
    name: `the method ${method}`,
    method,
    headers: () => [],
    answers: [400, 401, 404, 405] as Rejection[],
  })),
];

const RULES: McpAttack[] = [
  ...(
    [
      ['no scope', []],
      ['another scope', ['write:reports']],
      ['the scope in another case', ['READ:REPORTS']],
      ['a scope with the same prefix', ['read:reports:own', 'read', 'read:']],
      ['a wildcard', ['*', 'read:*']],
      ['scopes with a tab between them', ['write:reports\tread:reports']],
      ['scopes with a comma between them', ['write:reports,read:reports']],
      ['a scope with line breaks', [`read:reports${INJECTION}`]],
      ['names that objects inherit', ['constructor', '__proto__', 'length']],
    ] as [string, string[]][]
  ).map(([name, scopes]): McpAttack => ({
    name: `a token with ${name}`,
    rule: 'scope',
    headers: (propelAuth) => [bearer(propelAuth.token(homeless, scopes))],
    answers: [403],
    questions: ONE,
  })),
  {
    name: 'a token with a wrong org_role',
    rule: 'role',
    headers: (propelAuth) => [bearer(propelAuth.token(member, SCOPES, { org_role: 'Owner' }))],
    answers: [403],
    questions: BOTH,
  },
  {
    name: 'a token of an organization that the user has left',
    rule: 'role',
    headers: (propelAuth) => {
      const token = propelAuth.token(mcpUser('left', { ...ACME, role: 'Owner' }));
      propelAuth.knows(mcpUser('left', { ...GLOBEX, role: 'Owner' }));
      return [bearer(token)];
    },
    answers: [401],
    questions: BOTH,
  },
  ...['__proto__', 'constructor', 'hasOwnProperty', '', `${ACME.orgId} `].map(
    (orgId): McpAttack => ({
      name: `a token whose organization is ${JSON.stringify(orgId)}`,
      rule: 'role',
      headers: (propelAuth) => [bearer(propelAuth.token(owner, SCOPES, { org_id: orgId }))],
      answers: [orgId === '' ? 403 : 401],
      questions: BOTH,
    }),
  ),
  {
    name: 'a token of no organization next to the id of one',
    rule: 'role',
    headers: (propelAuth) => [
      bearer(propelAuth.token(owner, SCOPES, { org_id: undefined })),
      `x-org-id: ${ACME.orgId}`,
    ],
    query: () => `?orgId=${ACME.orgId}`,
    fields: () => ({ orgId: ACME.orgId }),
    answers: [403],
    questions: BOTH,
  },
  {
    name: 'a token of a user whose id is a path',
    rule: 'role',
    headers: (propelAuth) => [
      bearer(propelAuth.token(owner, SCOPES, { sub: `${owner.userId}/../org` })),
    ],
    // PropelAuth is asked about no such id.
    answers: [503],
    questions: ONE,
  },
  ...(['disabled', 'deleted'] as const).map((what): McpAttack => ({
    name: `a token of a user who is ${what}`,
    rule: 'role',
    headers: (propelAuth) => {
      const user = mcpUser(`${what}-user`, { ...ACME, role: 'Owner' });
      const token = propelAuth.token(user);
      if (what === 'deleted') propelAuth.forgets(user);
      else propelAuth.knows(user, { enabled: false });
      return [bearer(token)];
    },
    questions: BOTH,
  })),
];

const OUTAGES: McpAttack[] = (
  [
    ['401', { status: 401, body: { active: true } }],
    ['404', { status: 404 }],
    ['500 with a good answer', { status: 500, body: { active: true, sub: owner.userId } }],
    ['201 with a good answer', { status: 201, body: { active: true, sub: owner.userId } }],
    ['a redirect', { status: 302, headers: { location: METADATA_URL } }],
    ['a list', { status: 200, body: [{ active: true }] }],
    ['no JSON', { status: 200, body: '<html>' }],
    ['null', { status: 200, body: 'null' }],
    [
      'JSON 10,000 levels deep',
      { status: 200, body: `${'['.repeat(10_000)}${']'.repeat(10_000)}` },
    ],
  ] satisfies [string, NonNullable<McpPropelAuth['failure']>][]
).map(([name, failure]) => ({
  name: `a good token while PropelAuth answers with ${name}`,
  headers: (propelAuth) => {
    const token = propelAuth.token(owner);
    propelAuth.failure = failure;
    return [bearer(token)];
  },
  answers: [503],
  questions: ONE,
}));

/** Every attack, by subject. */
export const MCP_ATTACKS: [string, McpAttack[]][] = [
  ['a token that PropelAuth knows', TOKENS],
  ['a token that it does not know', UNKNOWN],
  ['a similar token', SIBLINGS],
  ['the place of the token', [...HEADERS, ...ELSEWHERE]],
  ['the Origin', ORIGINS],
  ['the rules', RULES],
  ['the response of PropelAuth', OUTAGES],
];
