import { Controller, Post, type INestApplication, type Type } from '@nestjs/common';
import {
  orgFromBody,
  orgFromHeader,
  orgFromParam,
  orgFromQuery,
  orgNameFromParam,
  RequireOrgMember,
} from 'nestjs-propelauth';
import type { TestUser } from 'nestjs-propelauth/testing';
import { beforeTests } from '../../../support/application.js';
import { issuer, request, startGuarded } from '../../../support/guarded-application.js';
import {
  ACME,
  ACME_ID,
  alice,
  GLOBEX_ID,
  headersOf,
  userIn,
  withMembership,
} from '../../../support/project.js';
import { routeUnder } from '../../../support/routes.js';

@Controller('body')
class BodyController {
  @Post()
  @RequireOrgMember({ org: orgFromBody('orgId') })
  write() {
    return { allowed: true };
  }

  @Post('inherited-name')
  @RequireOrgMember({ org: orgFromBody('constructor') })
  writeUnderInheritedName() {
    return { allowed: true };
  }
}

const controllers: Type[] = [
  routeUnder('param/:orgId', RequireOrgMember({ org: orgFromParam() })),
  routeUnder('name/:orgName', RequireOrgMember({ org: orgNameFromParam() })),
  routeUnder('query', RequireOrgMember({ org: orgFromQuery() })),
  routeUnder('header', RequireOrgMember({ org: orgFromHeader('x-org-id') })),
  // Names that every object inherits, as if a request had brought them along.
  routeUnder('inherited/param', RequireOrgMember({ org: orgFromParam('constructor') })),
  routeUnder('inherited/query', RequireOrgMember({ org: orgFromQuery('toString') })),
  routeUnder('inherited/proto', RequireOrgMember({ org: orgFromQuery('__proto__') })),
  routeUnder('inherited/header', RequireOrgMember({ org: orgFromHeader('hasOwnProperty') })),
  BodyController,
];

/** Express parses nested queries only when asked to; Fastify's parser does not know them. */
function parseNestedQueries(app: INestApplication): void {
  const instance = app.getHttpAdapter().getInstance() as {
    set?: (setting: string, value: string) => void;
  };
  instance.set?.('query parser', 'extended');
}

const HOSTILE_IDS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '__defineGetter__',
  'undefined',
  'null',
  '0',
  'true',
  '*',
  '.',
  '[object Object]',
  `${ACME_ID}\u0000`,
  ` ${ACME_ID}`,
  `${ACME_ID}\n`,
  `../${ACME_ID}`,
  `${GLOBEX_ID}/../${ACME_ID}`,
  `{"orgId":"${ACME_ID}"}`,
  'ａｃｍｅ',
  'x'.repeat(2_000),
];

describe.each<[string, (app: INestApplication) => void]>([
  ['the query parser that Nest sets', () => {}],
  ['a nested query parser', parseNestedQueries],
])('Hostile org ids, with %s', (_parser, prepare) => {
  const application = beforeTests(() =>
    startGuarded(
      { controllers },
      // Some of these routes could not work, and are here to show that they let nobody in.
      { startupAudit: 'warn' },
      prepare,
    ),
  );

  async function statusOf(
    path: string,
    user: TestUser = alice,
    claims?: Record<string, unknown>,
  ): Promise<number> {
    const { status } = await request(application.url, user, claims).get(path);
    return status;
  }

  async function statusOfBody(body: string, path = '/body'): Promise<number> {
    const { status } = await request(application.url, alice)
      .post(path)
      .set('Content-Type', 'application/json')
      .send(body);
    return status;
  }

  it.each(HOSTILE_IDS)('get 403 in every place: %j', async (orgId) => {
    const encoded = encodeURIComponent(orgId);
    // A router may normalize what has dots or a zero byte in it; what it then finds is no route, or no organization.
    expect([403, 404, 400, 414]).toContain(await statusOf(`/param/${encoded}`));
    expect([403, 404, 400, 414]).toContain(await statusOf(`/name/${encoded}`));
    expect(await statusOf(`/query?orgId=${encoded}`)).toBe(403);
    expect(await statusOfBody(JSON.stringify({ orgId }))).toBe(403);
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', '__defineGetter__'])(
    'get exactly 403 in the path and in a header: %s',
    async (orgId) => {
      expect(await statusOf(`/param/${orgId}`)).toBe(403);
      expect(await statusOf(`/name/${orgId}`)).toBe(403);
      await request(application.url, alice).get('/header').set('X-Org-Id', orgId).expect(403);
    },
  );

  it.each([
    ['missing', ''],
    ['without a value', '?orgId'],
    ['empty', '?orgId='],
    ['repeated', `?orgId=${ACME_ID}&orgId=${ACME_ID}`],
    ['repeated with another one', `?orgId=${GLOBEX_ID}&orgId=${ACME_ID}`],
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
  ])('get 403 in a query: %s', async (_what, query) => {
    expect(await statusOf(`/query${query}`)).toBe(403);
  });

  it.each([
    ['an encoded slash', `/param/${GLOBEX_ID}%2F${ACME_ID}`],
    ['an encoded slash at its end', `/param/${ACME_ID}%2F`],
    ['an encoded space', `/param/${ACME_ID}%20`],
    ['an encoded question mark', `/param/${ACME_ID}%3ForgId=${ACME_ID}`],
    ['a double encoding', `/param/${ACME_ID.replace('-', '%252D')}`],
    ['a matrix parameter', `/param/${ACME_ID};orgId=${ACME_ID}`],
  ])('get 403 in a path with %s', async (_what, path) => {
    expect(await statusOf(path)).toBe(403);
  });

  it.each(['/param/', '/param/%', '/param/%E0%A4%A', '/param/%FF', '/param//', '/name/%C0%AF'])(
    'get a 4xx if the path is malformed: %s',
    async (path) => {
      expect([400, 403, 404]).toContain(await statusOf(path));
    },
  );

  it('are decoded in a path', async () => {
    expect(await statusOf(`/param/${ACME_ID.replaceAll('-', '%2D')}`)).toBe(200);
  });

  it.each([
    ['missing', '{}'],
    ['empty', '{"orgId":""}'],
    ['null', '{"orgId":null}'],
    ['a number', '{"orgId":1}'],
    ['true', '{"orgId":true}'],
    ['an array', `{"orgId":["${ACME_ID}"]}`],
    ['an object', `{"orgId":{"orgId":"${ACME_ID}"}}`],
    ['an object with a toString', `{"orgId":{"toString":"${ACME_ID}"}}`],
    ['in another case', `{"OrgId":"${ACME_ID}"}`],
    ['in an array of bodies', `[{"orgId":"${ACME_ID}"}]`],
    ['in an earlier duplicate', `{"orgId":"${ACME_ID}","orgId":"${GLOBEX_ID}"}`],
  ])('get 403 in a body: %s', async (_what, body) => {
    expect(await statusOfBody(body)).toBe(403);
  });

  it.each([
    ['below the prototype', `{"__proto__":{"orgId":"${ACME_ID}"}}`],
    ['below the constructor', `{"constructor":{"prototype":{"orgId":"${ACME_ID}"}}}`],
    ['in a string', `"${ACME_ID}"`],
    ['in a body that is not JSON', `{"orgId":"${ACME_ID}"`],
  ])('get 403 in a body that contains them %s', async (_what, body) => {
    // Parsers differ in what they let through (400) to the guard (403).
    expect([400, 403]).toContain(await statusOfBody(body));
  });

  it('get 403 in a body that was not parsed or sent', async () => {
    const headers = await headersOf(issuer, alice);
    await request(application.url).post('/body').set(headers).expect(403);
    const { status } = await request(application.url)
      .post('/body')
      .set(headers)
      .set('Content-Type', 'text/csv')
      .send(`orgId\n${ACME_ID}`);
    expect([403, 415]).toContain(status);
  });

  it.each(['param', 'query', 'proto', 'header'])(
    'are not inherited from Object.prototype: %s',
    async (place) => {
      expect(await statusOf(`/inherited/${place}`)).toBe(403);
    },
  );

  it('are not inherited by a body', async () => {
    expect(await statusOfBody('{}', '/body/inherited-name')).toBe(403);
  });

  it('get 403 as a URL-safe name that two organizations share', async () => {
    const twin = { ...ACME, orgId: GLOBEX_ID, role: 'Owner' };
    const erin = userIn('erin', { ...ACME, role: 'Member' }, twin);
    expect(await statusOf('/name/acme-inc', erin)).toBe(403);
    expect(await statusOf(`/param/${ACME_ID}`, erin)).toBe(200);
  });

  it('get 403 as a name if the organization has none', async () => {
    const nameless = withMembership(
      issuer,
      { ...ACME, role: 'Owner' },
      { org_name: undefined, url_safe_org_name: undefined },
    );
    expect(await statusOf('/name/undefined', alice, nameless)).toBe(403);
  });
});
