import { hash } from 'node:crypto';
import { accessTable } from 'nestjs-propelauth/testing';
import { beforeTests, startApplication } from '../../support/application.js';
import { issuer } from '../../support/guarded-application.js';
import { ACME_ID, alice, bob, carol, dave, GLOBEX, userIn } from '../../support/project.js';
import { hmacSignature, rawToken, validClaims } from '../../support/raw-token.js';
import { bearer, itRejects, ofNobody, send, type Sent, sendText } from '../attacks.js';
import { ActiveTenantRule, ApplicationModule, COLLECTIONS_TABLE } from './collections.js';
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
const TEAMS_OF_GLOBEX = 'GET //globex.example.com/teams';
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
    expect(await send(application.url, sent)).toBe('200');
  });
});

describe('A personal access token', () => {
  const withToken = (text: string, line = LIST): Sent => [line, [bearer(text)]];
  const atHosts = (...hosts: string[]): Record<string, Sent> =>
    Object.fromEntries(
      hosts.map((host) => [
        `the host ${host}`,
        withToken('pat-of-alice', `GET //${host}/collections`),
      ]),
    );

  itRejects(application, withToken('pat-that-reads'), {
    '401 auth/fail': {
      nobody: [LIST],
      'its hash, as the table has it': withToken(hash('sha256', 'pat-that-reads')),
      'the token of the installation': withToken(INFRA_TOKEN),
      'a key of PropelAuth': withToken('key-of-alice-at-propelauth'),
      'one under Basic': [LIST, ['Authorization: Basic pat-that-reads']],
      'one without a scheme': [LIST, ['Authorization: pat-that-reads']],
      'one under Bearers': [LIST, ['Authorization: Bearers pat-that-reads']],
      'one in another header': [LIST, ['X-Authorization: Bearer pat-that-reads']],
      'one in X-API-Key': [LIST, ['X-API-Key: pat-that-reads']],
      'one in the query': [`${LIST}?access_token=pat-that-reads`],
      'one in Proxy-Authorization': [LIST, ['Proxy-Authorization: Bearer pat-that-reads']],
      'one in the header of the installation': [LIST, ['x-infra-token: pat-that-reads']],
      'the handlers of the installation': withToken('pat-of-alice', REMOVE),
    },
    '401 token/invalid': {
      'a guess': withToken('pat-guess'),
      'one that has expired': withToken('pat-that-expired'),
      'one with a letter more': withToken('pat-that-readss'),
      'one with a letter less': withToken('pat-that-read'),
      'one that ends with a space of Unicode': withToken('pat-that-reads\u00a0'),
      'one with an invisible character': withToken('pat-that-reads\u200b'),
      'its hash after the prefix': withToken(`pat-${hash('sha256', 'pat-that-reads')}`),
      'two in one header': withToken('pat-that-reads, pat-of-alice'),
      '9,000 characters': withToken(`pat-${'a'.repeat(9_000)}`),
      'one and a token of a user in one header': withToken(`pat-that-reads ${ofAlice}`),
      'one of three parts': withToken('pat-that.reads.x'),
      'one beside the cookie of a user': [LIST, [bearer('pat-that-reads'), COOKIE]],
      ...ofNobody((text) => withToken(`pat-${text}`), ' after the prefix'),
    },
    // Without the prefix, it is taken for the access token of a user.
    '401 auth/forbidden': {
      'one in upper case': withToken('PAT-THAT-READS'),
      'one without its prefix': withToken('that-reads'),
      'one with a letter of another alphabet': withToken('p\u0430t-that-reads'),
      'one in quotation marks': withToken('"pat-that-reads"'),
      'one with percent signs': withToken('pat%2Dthat-reads'),
      'two spaces before it': withToken(' pat-that-reads'),
      'Bearer twice': withToken('Bearer pat-that-reads'),
      'one in the cookie of users': [LIST, ['Cookie: access_token=pat-that-reads']],
      'two headers': [LIST, [bearer('pat-that-reads'), bearer('pat-that-reads')]],
      ...ofNobody(withToken),
    },
    '431': { '17,000 characters': withToken('a'.repeat(17_000)) },
    '403 token/scope_missing': {
      'one without scopes': withToken('pat-without-scopes'),
      'one that may only read, to change': withToken('pat-that-reads', CHANGE),
    },
    '403 team/member_not_found': {
      'one whose owner is in another organization': withToken('pat-of-mallory'),
      'the organization of others': withToken('pat-of-alice', LIST_OF_GLOBEX),
      'the host of others that only X-Forwarded-Host hides': [
        LIST_OF_GLOBEX,
        [bearer('pat-of-alice'), 'X-Forwarded-Host: acme-inc.example.com'],
      ],
      'a handler without rules, of others': withToken('pat-of-alice', TEAMS_OF_GLOBEX),
      ...atHosts(
        'example.com',
        '__proto__.example.com',
        `${ACME_ID}.example.com`,
        'acme-inc.example.com.evil.example',
        'www.acme-inc.example.com',
        'acme-inc.example.com.',
      ),
    },
    '404 not_found': {
      'a collection of others': withToken('pat-of-alice', CHANGE.replace('c1', 'c2')),
      'a collection that is not there': withToken('pat-of-alice', CHANGE.replace('c1', 'c3')),
    },
  });

  it('is rejected once it is revoked, with the answer of a guess', async () => {
    const sent = withToken('pat-to-revoke');
    expect(await send(application.url, sent)).toBe('200');
    await application.app.get(TokenRows).revoke(hash('sha256', 'pat-to-revoke'));
    const guess = await send(application.url, withToken('pat-guess'));
    expect(await send(application.url, sent)).toEqual(guess);
  });
});

describe('The token of the installation', () => {
  const withInfra = (text: string): Sent => [REMOVE, [`x-infra-token: ${text}`]];

  itRejects(application, [REMOVE, [INFRA]], {
    '401 auth/fail': {
      nobody: [REMOVE],
      'one after Bearer': [REMOVE, [bearer(INFRA_TOKEN)]],
      'one in a header with an underscore': [REMOVE, [`x_infra_token: ${INFRA_TOKEN}`]],
      'one in a longer header': [REMOVE, [`x-infra-token-2: ${INFRA_TOKEN}`]],
      'one in X-API-Key': [REMOVE, [`X-API-Key: ${INFRA_TOKEN}`]],
      'one in a cookie': [REMOVE, [`Cookie: x-infra-token=${INFRA_TOKEN}`]],
      'a user of the highest role': [REMOVE, [bearer(ofAlice)]],
      'the cookie of a user': [REMOVE, [COOKIE, OWN_PAGE]],
      'a key of PropelAuth': [REMOVE, [API_KEY]],
      'one in the query': [`${REMOVE}?x-infra-token=${INFRA_TOKEN}`],
      'one in the body': [REMOVE, [], JSON.stringify({ 'x-infra-token': INFRA_TOKEN })],
      'its handler, by a user who names it so': [LIST, [INFRA]],
      'a handler without rules of its own': [TEAMS, [INFRA]],
    },
    '401 token/invalid': {
      'two of them': [REMOVE, [INFRA, INFRA]],
      'two, one in another case': [REMOVE, [INFRA, `X-INFRA-TOKEN: ${INFRA_TOKEN}`]],
      'one and a guess': [REMOVE, [INFRA, 'x-infra-token: guess']],
      'an empty one': withInfra(''),
      'a guess': withInfra('guess'),
      'two in one header': withInfra(`${INFRA_TOKEN}, ${INFRA_TOKEN}`),
      'one after Bearer in its header': withInfra(`Bearer ${INFRA_TOKEN}`),
      'one in upper case': withInfra(INFRA_TOKEN.toUpperCase()),
      'a part of it': withInfra(INFRA_TOKEN.slice(0, -1)),
      'its hash': withInfra(hash('sha256', INFRA_TOKEN)),
      'one with an invisible character': withInfra(`${INFRA_TOKEN}\u200b`),
      'one with a space of Unicode': withInfra(`${INFRA_TOKEN}\u00a0`),
      '9,000 characters': withInfra('a'.repeat(9_000)),
      'a personal access token': withInfra('pat-of-alice'),
      'a token of a user': withInfra(ofAlice),
      ...ofNobody(withInfra),
    },
    '403 team/member_not_found': {
      'an unknown tenant': [REMOVE.replace('acme-inc', 'initech'), [INFRA]],
    },
  });

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
      expect(answer).toBe('401 token/invalid');
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

  itRejects(application, withToken(ofCarol), {
    '401 auth/forbidden': {
      'alg none': withToken(forged('none')),
      'alg none without a third part': withToken(
        `${forged('none').split('.').slice(0, 2).join('.')}.`,
      ),
      'HS256 with the public key as secret': withToken(forged('HS256')),
      'no signature': withToken(`${ofAlice.split('.')[0]}.${payload}.`),
      'the signature of another token': withToken(
        [...ofAlice.split('.').slice(0, 2), ofBob.split('.')[2]].join('.'),
      ),
      'one that has expired': withToken(expired),
      'one without exp': withToken(endless),
      'one of another issuer': withToken(ofAnotherIssuer),
    },
    '403 team/member_not_found': {
      'a user without organizations': withToken(ofDave),
      'a user of another organization': withToken(ofMallory),
      'a member, to change': withToken(ofCarol, CHANGE),
    },
    '403 auth/forbidden': {
      'a change from the page of another': [CHANGE, [COOKIE, 'Sec-Fetch-Site: cross-site']],
      'a change from another subdomain': [CHANGE, [COOKIE, 'Sec-Fetch-Site: same-site']],
      'a change that does not say where from': [CHANGE, [COOKIE]],
      'a change from a page without an origin': [CHANGE, [COOKIE, 'Origin: null']],
    },
    '401 token/invalid': {
      'a cookie and a token of different users': [CHANGE, [COOKIE, OWN_PAGE, bearer(ofBob)]],
      'two cookies of different users': [CHANGE, [`${COOKIE}; access_token=${ofBob}`, OWN_PAGE]],
    },
    '401 auth/fail': {
      'a cookie of another name': [LIST, [`Cookie: my_access_token=${ofAlice}`]],
      'a key of PropelAuth': [LIST, [API_KEY]],
    },
  });
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
      expect(await send(application.url, sent)).toBe('402 tenant_suspended');
    }
    const others: [Sent, string][] = [
      [[`${TEAMS}/limits`], '200'],
      [[TEAMS, [bearer(ofDave)]], '403 team/member_not_found'],
      [[LIST_OF_GLOBEX, [bearer(ofMallory)]], '200'],
    ];
    for (const [sent, answer] of others) expect(await send(application.url, sent)).toBe(answer);
    suspended.clear();
  });
});
