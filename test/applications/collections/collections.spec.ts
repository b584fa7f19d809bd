import { hash } from 'node:crypto';
import { accessTable } from 'nestjs-propelauth/testing';
import { beforeTests, startApplication } from '../../support/application.js';
import { issuer } from '../../support/guarded-application.js';
import { ACME_ID, alice, bob, carol, dave, GLOBEX, userIn } from '../../support/project.js';
import { hmacSignature, rawToken, validClaims } from '../../support/raw-token.js';
import {
  type Attack,
  bearer,
  itRejects,
  send,
  type Sent,
  sendText,
  TEXTS_OF_NOBODY,
} from '../attacks.js';
import { ActiveTenantRule } from './active-tenant.rule.js';
import { COLLECTIONS_TABLE } from './access-table.js';
import { ApplicationModule } from './application.module.js';
import { TokenRows } from './token-rows.js';

const INFRA_TOKEN = 'token-of-the-installation';
process.env['INFRA_TOKEN'] = INFRA_TOKEN;

const application = beforeTests(() => startApplication({ imports: [ApplicationModule] }));

const mallory = userIn('mallory', { ...GLOBEX, role: 'Owner' });
const [ofAlice, ofBob, ofCarol, ofDave, ofMallory, ...broken] = await Promise.all([
  issuer.accessToken(alice),
  issuer.accessToken(bob),
  issuer.accessToken(carol),
  issuer.accessToken(dave),
  issuer.accessToken(mallory),
  issuer.accessToken(alice, { expiresInSeconds: -120 }),
  issuer.accessToken(alice, { claims: { exp: undefined } }),
  issuer.accessToken(alice, { claims: { iss: 'https://evil.example' } }),
]);
const [expired, endless, ofAnotherIssuer] = broken;

const LIST = 'GET //acme-inc.example.com/collections';
const CHANGE = 'PUT //acme-inc.example.com/collections/c1';
const TEAMS = 'GET //acme-inc.example.com/teams';
const LIST_OF_GLOBEX = 'GET //globex.example.com/collections';
const REMOVE = 'DELETE //acme-inc.example.com/infra/users/user-alice';
const INFRA = `x-infra-token: ${INFRA_TOKEN}`;
const COOKIE = `Cookie: access_token=${ofAlice}`;
const OWN_PAGE = 'Sec-Fetch-Site: same-origin';
const API_KEY = 'X-API-Key: key-of-alice-at-propelauth';

describe('The table of the collections', () => {
  it('has all handlers, only the limits are public', () => {
    expect(accessTable(application.app)).toEqual(COLLECTIONS_TABLE);
  });

  it.each<[what: string, sent: Sent]>([
    ['a member lists collections', [LIST, [bearer(ofCarol)]]],
    ['a member lists collections with the cookie', [LIST, [`Cookie: access_token=${ofCarol}`]]],
    ['an admin changes one', [CHANGE, [bearer(ofBob)]]],
    ['an admin changes one from a page of the application', [CHANGE, [COOKIE, OWN_PAGE]]],
    ['a token of an admin that may write changes one', [CHANGE, [bearer('pat-of-alice')]]],
    ['a token that may read lists them', [LIST, [bearer('pat-that-reads')]]],
    ['a script of the installation removes a user', [REMOVE, [INFRA]]],
    ['a member lists teams, by a handler without rules of its own', [TEAMS, [bearer(ofCarol)]]],
    ['a token without scopes lists them', [TEAMS, [bearer('pat-without-scopes')]]],
    ['an admin removes one', [TEAMS.replace('GET', 'DELETE') + '/t1', [bearer(ofBob)]]],
    [
      'a host in capitals, with a port',
      [LIST.replace('acme-inc', 'ACME-INC').replace('.com', '.com:8080'), [bearer(ofCarol)]],
    ],
    [
      'anybody asks for the limits of an unknown tenant',
      ['GET //initech.example.com/teams/limits'],
    ],
  ])('lets in: %s', async (_what, sent) => {
    expect(await send(application.url, sent)).toEqual({ status: 200, code: undefined });
  });
});

describe('A personal access token', () => {
  const withToken = (text: string, line = LIST): Sent => [line, [bearer(text)]];
  const invalid = (what: string, text: string): Attack => [
    what,
    withToken(text),
    401,
    'token/invalid',
  ];

  /** Without the prefix, it is taken for the access token of a user. */
  const malformed = (what: string, text: string, code = 'auth/forbidden'): Attack => [
    what,
    withToken(text),
    401,
    code,
  ];

  itRejects(application, withToken('pat-that-reads'), [
    ['nobody', [LIST], 401, 'auth/fail'],
    invalid('a guess', 'pat-guess'),
    invalid('one that has expired', 'pat-that-expired'),
    malformed('one in upper case', 'PAT-THAT-READS'),
    invalid('one with a letter more', 'pat-that-readss'),
    invalid('one with a letter less', 'pat-that-read'),
    malformed('one without its prefix', 'that-reads'),
    invalid('one that ends with a space of Unicode', 'pat-that-reads\u00a0'),
    malformed('one with a letter of another alphabet', 'p\u0430t-that-reads'),
    invalid('one with an invisible character', 'pat-that-reads\u200b'),
    malformed('one in quotation marks', '"pat-that-reads"'),
    malformed('one with percent signs', 'pat%2Dthat-reads'),
    malformed('its hash, as the table has it', hash('sha256', 'pat-that-reads'), 'auth/fail'),
    invalid('its hash after the prefix', `pat-${hash('sha256', 'pat-that-reads')}`),
    malformed('two spaces before it', ' pat-that-reads'),
    invalid('two in one header', 'pat-that-reads, pat-of-alice'),
    malformed('Bearer twice', 'Bearer pat-that-reads'),
    invalid('9,000 characters', `pat-${'a'.repeat(9_000)}`),
    malformed('the token of the installation', INFRA_TOKEN, 'auth/fail'),
    malformed('a key of PropelAuth', 'key-of-alice-at-propelauth', 'auth/fail'),
    ...TEXTS_OF_NOBODY.map((text) => malformed(`the text ${text}`, text)),
    ...TEXTS_OF_NOBODY.slice(0, 4).map((text) => invalid(`pat-${text}`, `pat-${text}`)),
    ['17,000 characters', withToken('a'.repeat(17_000)), 431],
    ['one under Basic', [LIST, ['Authorization: Basic pat-that-reads']], 401, 'auth/fail'],
    ['one without a scheme', [LIST, ['Authorization: pat-that-reads']], 401, 'auth/fail'],
    ['one under Bearers', [LIST, ['Authorization: Bearers pat-that-reads']], 401, 'auth/fail'],
    ['one in another header', [LIST, ['X-Authorization: Bearer pat-that-reads']], 401, 'auth/fail'],
    ['one in X-API-Key', [LIST, ['X-API-Key: pat-that-reads']], 401, 'auth/fail'],
    ['one in the query', [`${LIST}?access_token=pat-that-reads`], 401, 'auth/fail'],
    [
      'one in Proxy-Authorization',
      [LIST, ['Proxy-Authorization: Bearer pat-that-reads']],
      401,
      'auth/fail',
    ],
    [
      'one in the header of the installation',
      [LIST, ['x-infra-token: pat-that-reads']],
      401,
      'auth/fail',
    ],
    [
      'one in the cookie of users',
      [LIST, ['Cookie: access_token=pat-that-reads']],
      401,
      'auth/forbidden',
    ],
    [
      'two headers',
      [LIST, [bearer('pat-that-reads'), bearer('pat-that-reads')]],
      401,
      'auth/forbidden',
    ],
    [
      'one beside the cookie of a user',
      [LIST, [bearer('pat-that-reads'), COOKIE]],
      401,
      'token/invalid',
    ],
    invalid('one and a token of a user in one header', `pat-that-reads ${ofAlice}`),
    invalid('one of three parts', 'pat-that.reads.x'),
    ['one without scopes', withToken('pat-without-scopes'), 403, 'token/scope_missing'],
    [
      'one that may only read, to change',
      withToken('pat-that-reads', CHANGE),
      403,
      'token/scope_missing',
    ],
    [
      'one whose owner is in another organization',
      withToken('pat-of-mallory'),
      403,
      'team/member_not_found',
    ],
    [
      'the organization of others',
      withToken('pat-of-alice', LIST_OF_GLOBEX),
      403,
      'team/member_not_found',
    ],
    ...[
      'example.com',
      '__proto__.example.com',
      `${ACME_ID}.example.com`,
      'acme-inc.example.com.evil.example',
      'www.acme-inc.example.com',
      'acme-inc.example.com.',
    ].map((host): Attack => [
      `the host ${host}`,
      withToken('pat-of-alice', `GET //${host}/collections`),
      403,
      'team/member_not_found',
    ]),
    [
      'the host of others that only X-Forwarded-Host hides',
      [LIST_OF_GLOBEX, [bearer('pat-of-alice'), 'X-Forwarded-Host: acme-inc.example.com']],
      403,
      'team/member_not_found',
    ],
    [
      'a handler without rules, of others',
      withToken('pat-of-alice', 'GET //globex.example.com/teams'),
      403,
      'team/member_not_found',
    ],
    [
      'a collection of others',
      withToken('pat-of-alice', CHANGE.replace('c1', 'c2')),
      404,
      'not_found',
    ],
    [
      'a collection that is not there',
      withToken('pat-of-alice', CHANGE.replace('c1', 'c3')),
      404,
      'not_found',
    ],
    ['the handlers of the installation', withToken('pat-of-alice', REMOVE), 401, 'auth/fail'],
  ]);

  it('is rejected once it is revoked, with the answer of a guess', async () => {
    const sent = withToken('pat-to-revoke');
    expect(await send(application.url, sent)).toEqual({ status: 200, code: undefined });
    await application.app.get(TokenRows).revoke(hash('sha256', 'pat-to-revoke'));
    const guess = await send(application.url, withToken('pat-guess'));
    expect(await send(application.url, sent)).toEqual(guess);
  });
});

describe('The token of the installation', () => {
  const withInfra = (text: string): Sent => [REMOVE, [`x-infra-token: ${text}`]];
  const invalid = (what: string, text: string): Attack => [
    what,
    withInfra(text),
    401,
    'token/invalid',
  ];
  const missing = (what: string, ...headers: string[]): Attack => [
    what,
    [REMOVE, headers],
    401,
    'auth/fail',
  ];

  itRejects(
    application,
    [REMOVE, [INFRA]],
    [
      missing('nobody'),
      missing('one after Bearer', bearer(INFRA_TOKEN)),
      missing('one in a header with an underscore', `x_infra_token: ${INFRA_TOKEN}`),
      missing('one in a longer header', `x-infra-token-2: ${INFRA_TOKEN}`),
      missing('one in X-API-Key', `X-API-Key: ${INFRA_TOKEN}`),
      missing('one in a cookie', `Cookie: x-infra-token=${INFRA_TOKEN}`),
      missing('a user of the highest role', bearer(ofAlice)),
      missing('the cookie of a user', COOKIE, OWN_PAGE),
      missing('a key of PropelAuth', API_KEY),
      ['one in the query', [`${REMOVE}?x-infra-token=${INFRA_TOKEN}`], 401, 'auth/fail'],
      [
        'one in the body',
        [REMOVE, [], JSON.stringify({ 'x-infra-token': INFRA_TOKEN })],
        401,
        'auth/fail',
      ],
      ['two of them', [REMOVE, [INFRA, INFRA]], 401, 'token/invalid'],
      [
        'two, one in another case',
        [REMOVE, [INFRA, `X-INFRA-TOKEN: ${INFRA_TOKEN}`]],
        401,
        'token/invalid',
      ],
      ['one and a guess', [REMOVE, [INFRA, 'x-infra-token: guess']], 401, 'token/invalid'],
      invalid('an empty one', ''),
      invalid('a guess', 'guess'),
      invalid('two in one header', `${INFRA_TOKEN}, ${INFRA_TOKEN}`),
      invalid('one after Bearer in its header', `Bearer ${INFRA_TOKEN}`),
      invalid('one in upper case', INFRA_TOKEN.toUpperCase()),
      invalid('a part of it', INFRA_TOKEN.slice(0, -1)),
      invalid('its hash', hash('sha256', INFRA_TOKEN)),
      invalid('one with an invisible character', `${INFRA_TOKEN}\u200b`),
      invalid('one with a space of Unicode', `${INFRA_TOKEN}\u00a0`),
      invalid('9,000 characters', 'a'.repeat(9_000)),
      invalid('a personal access token', 'pat-of-alice'),
      invalid('a token of a user', ofAlice),
      ...TEXTS_OF_NOBODY.map((text) => invalid(`the text ${text}`, text)),
      ['its handler, by a user who names it so', [LIST, [INFRA]], 401, 'auth/fail'],
      [
        'an unknown tenant',
        [REMOVE.replace('acme-inc', 'initech'), [INFRA]],
        403,
        'team/member_not_found',
      ],
      ['a handler without rules of its own', [TEAMS, [INFRA]], 401, 'auth/fail'],
    ],
  );

  it('has its own challenge', async () => {
    const { text } = await sendText(application.url, [REMOVE]);
    expect(text).toMatch(/^www-authenticate: InfraToken\r$/im);
  });

  it.each(['', 'undefined', 'guess'])(
    'lets nobody in with %j where the installation has none',
    async (text) => {
      delete process.env['INFRA_TOKEN'];
      const answer = await send(application.url, withInfra(text));
      process.env['INFRA_TOKEN'] = INFRA_TOKEN;
      expect(answer).toEqual({ status: 401, code: 'token/invalid' });
    },
  );
});

describe('A token of a user', () => {
  const { authUrl, verifierKey } = issuer;
  const claims = validClaims({ ...issuer.claimsOf(alice), iss: authUrl });
  const forged = (alg: string, changes: object = {}): string =>
    rawToken({
      header: { alg, typ: 'JWT' },
      payload: { ...claims, ...changes },
      ...(alg === 'HS256' && { signature: hmacSignature(verifierKey) }),
    });
  const [, payload = ''] = ofAlice.split('.');
  const withToken = (token: string, line = LIST): Sent => [line, [bearer(token)]];
  const invalid = (what: string, token: string): Attack => [
    what,
    withToken(token),
    401,
    'auth/forbidden',
  ];

  itRejects(application, withToken(ofCarol), [
    invalid('alg none', forged('none')),
    invalid('alg none without a third part', `${forged('none').split('.').slice(0, 2).join('.')}.`),
    invalid('HS256 with the public key as secret', forged('HS256')),
    invalid('no signature', `${ofAlice.split('.')[0]}.${payload}.`),
    invalid(
      'the signature of another token',
      [...ofAlice.split('.').slice(0, 2), ofBob.split('.')[2]].join('.'),
    ),
    invalid('one that has expired', expired),
    invalid('one without exp', endless),
    invalid('one of another issuer', ofAnotherIssuer),
    ['a user without organizations', withToken(ofDave), 403, 'team/member_not_found'],
    ['a user of another organization', withToken(ofMallory), 403, 'team/member_not_found'],
    ['a member, to change', withToken(ofCarol, CHANGE), 403, 'team/member_not_found'],
    [
      'a change from the page of another',
      [CHANGE, [COOKIE, 'Sec-Fetch-Site: cross-site']],
      403,
      'auth/forbidden',
    ],
    [
      'a change from another subdomain',
      [CHANGE, [COOKIE, 'Sec-Fetch-Site: same-site']],
      403,
      'auth/forbidden',
    ],
    ['a change that does not say where from', [CHANGE, [COOKIE]], 403, 'auth/forbidden'],
    [
      'a change from a page without an origin',
      [CHANGE, [COOKIE, 'Origin: null']],
      403,
      'auth/forbidden',
    ],
    [
      'a cookie and a token of different users',
      [CHANGE, [COOKIE, OWN_PAGE, bearer(ofBob)]],
      401,
      'token/invalid',
    ],
    [
      'two cookies of different users',
      [CHANGE, [`${COOKIE}; access_token=${ofBob}`, OWN_PAGE]],
      401,
      'token/invalid',
    ],
    ['a cookie of another name', [LIST, [`Cookie: my_access_token=${ofAlice}`]], 401, 'auth/fail'],
    ['a key of PropelAuth', [LIST, [API_KEY]], 401, 'auth/fail'],
  ]);
});

describe('A tenant who has not paid', () => {
  it('is closed for everybody but the public, and no other tenant is', async () => {
    const { suspended } = application.app.get(ActiveTenantRule);
    suspended.add(ACME_ID);
    const closed = [
      [LIST, [bearer(ofAlice)]],
      [TEAMS, [bearer('pat-of-alice')]],
      [REMOVE, [INFRA]],
    ] as const;
    for (const sent of closed) {
      expect(await send(application.url, sent)).toEqual({ status: 402, code: 'tenant_suspended' });
    }
    expect(await send(application.url, [`${TEAMS}/limits`])).toMatchObject({ status: 200 });
    expect(await send(application.url, [TEAMS, [bearer(ofDave)]])).toMatchObject({ status: 403 });
    expect(await send(application.url, [LIST_OF_GLOBEX, [bearer(ofMallory)]])).toMatchObject({
      status: 200,
    });
    suspended.clear();
  });
});
