import { Body, Controller, Post, type INestApplication, type Type } from '@nestjs/common';
import {
  activeOrg,
  CurrentOrg,
  orgFromBody,
  orgFromHeader,
  orgFromParam,
  orgFromQuery,
  orgNameFromHost,
  orgNameFromParam,
  RequireOrgMember,
  type OrgMemberInfo,
  type OrgSource,
} from 'nestjs-propelauth';
import type { TestUser } from 'nestjs-propelauth/testing';
import { beforeTests } from '../../../support/application.js';
import { issuer, request, startGuarded } from '../../../support/guarded-application.js';
import {
  ACME,
  ACME_ID,
  GLOBEX,
  GLOBEX_ID,
  userIn,
  withMembership,
} from '../../../support/project.js';
import { routeUnder } from '../../../support/routes.js';

const alice = userIn('alice', { ...ACME, role: 'Admin' }, { ...GLOBEX, role: 'Member' });
/** A token that is scoped to Globex and lists Acme all the same. */
const scopedToGlobex = { ...alice, activeOrgId: GLOBEX_ID };
const listingAcme = withMembership(issuer, { ...ACME, role: 'Admin' });

@Controller()
class BodyController {
  @Post('body')
  @RequireOrgMember({ org: orgFromBody('orgId') })
  write(@CurrentOrg() org: OrgMemberInfo, @Body() body: unknown) {
    return { orgId: org.orgId, body };
  }

  @Post('inherited-name')
  @RequireOrgMember({ org: orgFromBody('constructor') })
  writeUnderInheritedName() {
    return {};
  }
}

function member(path: string, org?: OrgSource): Type {
  return routeUnder(path, RequireOrgMember({ ...(org && { org }) }));
}

/** Express parses nested queries only when asked to; Fastify's parser does not know them. */
function parseNestedQueries(app: INestApplication): void {
  const instance = app.getHttpAdapter().getInstance() as {
    set?: (setting: string, value: string) => void;
  };
  instance.set?.('query parser', 'extended');
}

const application = beforeTests(() =>
  startGuarded(
    {
      controllers: [
        member('default/:orgId'),
        member('default-without-id'),
        member('param/:orgId', orgFromParam()),
        member('query', orgFromQuery()),
        member('query-beside-param/:orgId', orgFromQuery()),
        member('header', orgFromHeader('X-Org-Id')),
        member('name/:orgName', orgNameFromParam()),
        member('host', orgNameFromHost('{org}.example.com')),
        member('active', activeOrg()),
        member('active-beside-param/:orgId', activeOrg()),
        // Names that every object inherits, as if a request had brought them along.
        member('inherited/param', orgFromParam('constructor')),
        member('inherited/query', orgFromQuery('toString')),
        member('inherited/proto', orgFromQuery('__proto__')),
        member('inherited/header', orgFromHeader('hasOwnProperty')),
        BodyController,
      ],
    },
    // Some of these routes could not work, and are here to show that they let nobody in.
    { startupAudit: 'warn' },
    parseNestedQueries,
  ),
);

async function get(path: string, headers: Record<string, string> = {}, user: TestUser = alice) {
  const claims = user === scopedToGlobex ? listingAcme : undefined;
  const response = await request(application.url, user, claims).get(path).set(headers);
  return response.status === 200 ? (response.body.orgId as string) : response.status;
}

const post = (path: string, body: string, type = 'application/json') =>
  request(application.url, alice).post(path).set('Content-Type', type).send(body);

/** What is sent besides the path. */
type Sent = [headers?: Record<string, string>, user?: TestUser];

const both = { 'X-Org-Id': ACME_ID, orgId: ACME_ID };

const FOUND: [what: string, path: string, orgId: string, ...Sent][] = [
  ['the path parameter orgId by default', `/default/${ACME_ID}`, ACME_ID],
  ['the path, decoded', `/param/${ACME_ID.replaceAll('-', '%2D')}`, ACME_ID],
  ['the query', `/query?orgId=${ACME_ID}`, ACME_ID],
  ['the query, not the path', `/query-beside-param/${ACME_ID}?orgId=${GLOBEX_ID}`, GLOBEX_ID],
  ['the path, not the query', `/param/${ACME_ID}?orgId=${GLOBEX_ID}`, ACME_ID],
  ['the URL-safe name in the path', '/name/acme-inc', ACME_ID],
  ['a header', '/header', ACME_ID, { 'X-Org-Id': ACME_ID }],
  ['a header in lower case', '/header', ACME_ID, { 'x-org-id': ACME_ID }],
  ['the host', '/host', ACME_ID, { Host: 'Acme-Inc.example.com:8443' }],
  ['the token', '/active', GLOBEX_ID, {}, scopedToGlobex],
  ['the token, not the path', `/active-beside-param/${ACME_ID}`, GLOBEX_ID, {}, scopedToGlobex],
];

const NOWHERE: [what: string, path: string, ...Sent][] = [
  ['the path has no such parameter', '/default-without-id'],
  ['the query has it instead', `/default-without-id?orgId=${ACME_ID}`],
  ['the header is empty', '/header', { 'X-Org-Id': '' }],
  ['the header is a list', '/header', { 'X-Org-Id': `${ACME_ID}, ${GLOBEX_ID}` }],
  ['the header has it instead of the path', '/default-without-id', both, scopedToGlobex],
  ['the token has none, whatever the path says', `/active-beside-param/${ACME_ID}`],
  ['the token has another', `/param/${ACME_ID}`, {}, scopedToGlobex],
  ['another host is forwarded', '/host', { 'X-Forwarded-Host': 'acme-inc.example.com' }],
  ['every object has the path parameter', '/inherited/param'],
  ['every object has the query', '/inherited/query'],
  ['every object has the prototype', '/inherited/proto'],
  ['every object has the header', '/inherited/header'],
];

describe('The organization of a request', () => {
  it.each(FOUND.map(([what, path, orgId, ...sent]) => ({ what, path, orgId, sent })))(
    'is read from one place: $what',
    async ({ path, orgId, sent }) => {
      expect(await get(path, ...sent)).toBe(orgId);
    },
  );

  it.each(NOWHERE.map(([what, path, ...sent]) => ({ what, path, sent })))(
    'is sought nowhere else: 403 where $what',
    async ({ path, sent }) => {
      expect(await get(path, ...sent)).toBe(403);
    },
  );

  it.each([
    ['missing', ''],
    ['without a value', '?orgId'],
    ['empty', '?orgId='],
    ['repeated', `?orgId=${ACME_ID}&orgId=${ACME_ID}`],
    ['repeated with an empty one', `?orgId=${ACME_ID}&orgId=`],
    ['an array', `?orgId[]=${ACME_ID}`],
    ['an array with indexes', `?orgId[0]=${ACME_ID}`],
    ['an object', `?orgId[orgId]=${ACME_ID}`],
    ['an object that reads as the id', `?orgId[toString]=${ACME_ID}`],
    ['below the prototype', `?__proto__[orgId]=${ACME_ID}`],
    ['below the constructor', `?constructor[prototype][orgId]=${ACME_ID}`],
    ['in another case', `?OrgId=${ACME_ID}`],
    ['after a semicolon', `?a=b;orgId=${ACME_ID}`],
    ['after another question mark', `?a=b?orgId=${ACME_ID}`],
    ['double-encoded', `?orgId=${encodeURIComponent(ACME_ID.replace('-', '%2D'))}`],
    ['with a zero byte', `?orgId=${ACME_ID}%00`],
    ['a very long text', `?orgId=${'x'.repeat(2_000)}`],
  ])('is none in a query where it is %s', async (_what, query) => {
    expect(await get(`/query${query}`)).toBe(403);
  });

  it.each([
    ['an encoded slash', `${GLOBEX_ID}%2F${ACME_ID}`],
    ['an encoded slash at its end', `${ACME_ID}%2F`],
    ['an encoded space', `${ACME_ID}%20`],
    ['an encoded question mark', `${ACME_ID}%3ForgId=${ACME_ID}`],
    ['a double encoding', ACME_ID.replace('-', '%252D')],
    ['a matrix parameter', `${ACME_ID};orgId=${ACME_ID}`],
    ['a property of every object', '__proto__'],
    ['another property of every object', 'hasOwnProperty'],
  ])('is none in a path with %s', async (_what, orgId) => {
    expect(await get(`/param/${orgId}`)).toBe(403);
    expect(await get(`/name/${orgId}`)).toBe(403);
  });

  it.each(['', '%', '%E0%A4%A', '%FF', '/', '%C0%AF', '.', '%2E%2E%2F', `${ACME_ID}%00`])(
    'is none in a path that routers normalize or reject: %s',
    async (orgId) => {
      for (const path of ['param', 'name']) {
        expect([400, 403, 404]).toContain(await get(`/${path}/${orgId}`));
      }
    },
  );

  it('is found in the body, which the handler still gets', async () => {
    const body = { orgId: ACME_ID, title: 'Q3' };
    const response = await post('/body', JSON.stringify(body));
    expect([response.status, response.body]).toEqual([201, { orgId: ACME_ID, body }]);
  });

  it.each<[string, string, number[]]>([
    ['missing', '{}', [403]],
    ['empty', '{"orgId":""}', [403]],
    ['null', '{"orgId":null}', [403]],
    ['a number', '{"orgId":1}', [403]],
    ['an array', `{"orgId":["${ACME_ID}"]}`, [403]],
    ['an object', `{"orgId":{"orgId":"${ACME_ID}"}}`, [403]],
    ['an object with a toString', `{"orgId":{"toString":"${ACME_ID}"}}`, [403]],
    ['in another case', `{"OrgId":"${ACME_ID}"}`, [403]],
    ['in an array of bodies', `[{"orgId":"${ACME_ID}"}]`, [403]],
    ['the first of two', `{"orgId":"${ACME_ID}","orgId":"unknown"}`, [403]],
    // Parsers differ in what they let through to the guard.
    ['below the prototype', `{"__proto__":{"orgId":"${ACME_ID}"}}`, [400, 403]],
    ['below the constructor', `{"constructor":{"prototype":{"orgId":"${ACME_ID}"}}}`, [400, 403]],
    ['in a string', `"${ACME_ID}"`, [400, 403]],
    ['in a body that is not JSON', `{"orgId":"${ACME_ID}"`, [400, 403]],
  ])('is none in a body where it is %s', async (_what, body, statuses) => {
    const { status } = await post('/body', body);
    expect(statuses).toContain(status);
  });

  it('is none in a body that was not sent or parsed, nor one that it inherits', async () => {
    await request(application.url, alice).post('/body').expect(403);
    await post('/inherited-name', '{}').expect(403);
    const { status } = await post('/body', `orgId\n${ACME_ID}`, 'text/csv');
    expect([403, 415]).toContain(status);
  });
});
