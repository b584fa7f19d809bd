import { Body, Controller, Get, Post, type ExecutionContext, type Type } from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
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
import { issuer, request, startGuarded } from '../../../support/guarded-application.js';
import {
  ACME,
  ACME_ID,
  alice,
  GLOBEX,
  GLOBEX_ID,
  headersOf,
  userIn,
  withMembership,
} from '../../../support/project.js';
import { routeUnder } from '../../../support/routes.js';

const erin = userIn('erin', { ...ACME, role: 'Admin' }, { ...GLOBEX, role: 'Member' });
/** A token that is scoped to Globex and lists Acme all the same. */
const scopedToGlobex = { ...erin, activeOrgId: GLOBEX_ID };
const listingAcme = withMembership(issuer, { ...ACME, role: 'Admin' });

function sourceOf(returned: unknown): OrgSource {
  return (() => returned) as OrgSource;
}

const fromSubdomain: OrgSource = (context: ExecutionContext) => {
  const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string> }>();
  return { orgName: headers['x-forwarded-host']?.split('.')[0] };
};

const customSources: [string, unknown, 200 | 403][] = [
  ['an id', { orgId: ACME_ID }, 200],
  ['a name', { orgName: 'acme-inc' }, 200],
  ['an id and a name of one organization', { orgId: ACME_ID, orgName: 'acme-inc' }, 200],
  ['an id and an undefined name', { orgId: ACME_ID, orgName: undefined }, 200],
  ['an id and a name that disagree', { orgId: ACME_ID, orgName: 'globex' }, 403],
  ['an id and an unknown name', { orgId: ACME_ID, orgName: 'unknown' }, 403],
  ['an unknown id and a name', { orgId: 'unknown', orgName: 'acme-inc' }, 403],
  ['an id and null for a name', { orgId: ACME_ID, orgName: null }, 403],
  ['null for an id and a name', { orgId: null, orgName: 'acme-inc' }, 403],
  ['an empty id and a name', { orgId: '', orgName: 'acme-inc' }, 403],
  ['a name in another case', { orgName: 'Acme-Inc' }, 403],
  ['the name for people', { orgName: 'Acme Inc' }, 403],
  ['a name for an id', { orgId: 'acme-inc' }, 403],
  ['an id for a name', { orgName: ACME_ID }, 403],
  ['undefined', undefined, 403],
  ['null', null, 403],
  ['nothing in it', {}, 403],
  ['the id itself', ACME_ID, 403],
  ['a list', [ACME_ID], 403],
  ['a list of ids', { orgId: [ACME_ID] }, 403],
  ['an object that reads as the id', { orgId: { toString: () => ACME_ID } }, 403],
  ['a String object', { orgId: Object(ACME_ID) }, 403],
  ['a list of names', { orgName: ['acme-inc'] }, 403],
  ['a number', { orgId: 1 }, 403],
  ['true', { orgId: true }, 403],
  ['__proto__', { orgId: '__proto__' }, 403],
  ['constructor', { orgId: 'constructor' }, 403],
  ['toString', { orgId: 'toString' }, 403],
];

@Controller()
class BodyController {
  @Post('body')
  @RequireOrgMember({ org: orgFromBody('orgId') })
  write(@CurrentOrg() org: OrgMemberInfo, @Body() body: unknown) {
    return { orgId: org.orgId, body };
  }
}

@Controller()
class ThrowingController {
  @Get('throwing')
  @RequireOrgMember({
    org: () => {
      throw new Error('The org directory cannot be reached');
    },
  })
  show() {
    return { allowed: true };
  }

  @Get('promising')
  @RequireOrgMember({ org: (() => Promise.resolve({ orgId: ACME_ID })) as unknown as OrgSource })
  promising() {
    return { allowed: true };
  }

  @Get('rejecting')
  @RequireOrgMember({ org: (() => Promise.reject(new Error('late'))) as unknown as OrgSource })
  rejecting() {
    return { allowed: true };
  }
}

function member(path: string, org?: OrgSource): Type {
  return routeUnder(path, RequireOrgMember({ ...(org && { org }) }));
}

const { url } = await startGuarded(
  {
    controllers: [
      member('default/:orgId'),
      member('default-without-id'),
      member('param/:orgId', orgFromParam()),
      member('named-param/:tenant/:orgId', orgFromParam('tenant')),
      member('query', orgFromQuery()),
      member('named-query', orgFromQuery('tenant')),
      member('query-beside-param/:orgId', orgFromQuery()),
      member('header', orgFromHeader('X-Org-Id')),
      member('name/:orgName', orgNameFromParam()),
      member('named-name/:tenant', orgNameFromParam('tenant')),
      member('host', orgNameFromHost('{org}.Example.com')),
      member('active', activeOrg()),
      member('active-beside-param/:orgId', activeOrg()),
      member('subdomain', fromSubdomain),
      ...customSources.map(([, returned], index) => member(`custom/${index}`, sourceOf(returned))),
      BodyController,
      ThrowingController,
    ],
  },
  // Some of these routes could not work, and are here to show that they let nobody in.
  { startupAudit: 'warn' },
);

async function get(path: string, headers: Record<string, string> = {}, user: TestUser = erin) {
  const claims = user === scopedToGlobex ? listingAcme : undefined;
  const { status, body } = await request(url, user, claims).get(path).set(headers);
  return { status, orgId: body.orgId };
}

describe('Organization sources', () => {
  const forbidden = { status: 403, orgId: undefined };

  it.each([
    ['by default the path parameter orgId', `/default/${ACME_ID}`, ACME_ID],
    ['the path parameter orgId', `/param/${GLOBEX_ID}`, GLOBEX_ID],
    ['another path parameter', `/named-param/${ACME_ID}/${GLOBEX_ID}`, ACME_ID],
    ['the query', `/query?orgId=${ACME_ID}`, ACME_ID],
    ['another name in the query', `/named-query?orgId=${ACME_ID}&tenant=${GLOBEX_ID}`, GLOBEX_ID],
    ['the query, not the path', `/query-beside-param/${ACME_ID}?orgId=${GLOBEX_ID}`, GLOBEX_ID],
    ['the path, not the query', `/param/${ACME_ID}?orgId=${GLOBEX_ID}`, ACME_ID],
    ['the URL-safe name in the path', '/name/acme-inc', ACME_ID],
    ['the URL-safe name under another name', '/named-name/globex', GLOBEX_ID],
  ])('read one place: %s', async (_where, path, orgId) => {
    expect(await get(path)).toEqual({ status: 200, orgId });
  });

  it.each([
    ['the path has no such parameter', '/default-without-id'],
    ['the query has it instead', `/default-without-id?orgId=${ACME_ID}`],
    ['the path has it instead of the query', `/query-beside-param/${ACME_ID}`],
    ['the query has another name', `/named-query?orgId=${ACME_ID}`],
    ['only another path parameter has it', `/named-param/unknown/${ACME_ID}`],
    ['the id is sent as the name', `/name/${ACME_ID}`],
    ['the name is in another case', '/name/Acme-Inc'],
    ['the display name is sent', '/name/Acme%20Inc'],
    ['the name is unknown', '/name/unknown'],
    ['the header is missing', `/header?orgId=${ACME_ID}&X-Org-Id=${ACME_ID}`],
    ['the token is scoped to no organization', '/active'],
    [
      'the token is scoped to no organization, whatever the path says',
      `/active-beside-param/${ACME_ID}`,
    ],
  ])('do not fall back to another place: 403 when %s', async (_what, path) => {
    expect(await get(path)).toEqual(forbidden);
  });

  it('do not fall back to a header, a query or the active organization', async () => {
    const headers = { 'X-Org-Id': ACME_ID, orgId: ACME_ID };
    expect(await get('/query', headers)).toEqual(forbidden);
    expect(await get('/default-without-id', headers, scopedToGlobex)).toEqual(forbidden);
    expect(await get('/query', headers, scopedToGlobex)).toEqual(forbidden);
  });

  it.each(['X-Org-Id', 'x-org-id', 'X-ORG-ID'])('read a header in any case: %s', async (name) => {
    expect(await get('/header', { [name]: ACME_ID })).toEqual({ status: 200, orgId: ACME_ID });
  });

  it.each([
    ['of another organization', '00000000-0000-0000-0000-000000000000'],
    ['empty', ''],
    ['a list', `${ACME_ID}, ${GLOBEX_ID}`],
  ])('reject a header that is %s', async (_what, orgId) => {
    expect(await get('/header', { 'X-Org-Id': orgId })).toEqual(forbidden);
  });

  it.each([
    ['the first label', 'acme-inc.example.com', ACME_ID],
    ['another organization', 'globex.example.com', GLOBEX_ID],
    ['a port', 'acme-inc.example.com:8443', ACME_ID],
    ['upper case', 'Acme-Inc.EXAMPLE.com', ACME_ID],
    ['no organization', 'example.com', undefined],
    ['an empty label', '.example.com', undefined],
    ['two labels', 'a.acme-inc.example.com', undefined],
    ['an unknown label', 'initech.example.com', undefined],
    ['a final dot', 'acme-inc.example.com.', undefined],
    ['another domain', 'acme-inc.example.org', undefined],
    ['a domain that ends alike', 'acme-inc.evil-example.com', undefined],
    ['the domain before another', 'acme-inc.example.com.evil.org', undefined],
    ['a user before it', 'acme-inc@globex.example.com', undefined],
    ['two ports', 'acme-inc.example.com:1:2', undefined],
    ['a label of 64 characters', `${'a'.repeat(64)}.example.com`, undefined],
    ['the id of the organization', `${ACME_ID}.example.com`, undefined],
    ['the name of a property of every object', 'constructor.example.com', undefined],
  ])('find the organization by the host: %s', async (_what, Host, orgId) => {
    const expected = orgId === undefined ? forbidden : { status: 200, orgId };
    expect(await get('/host', { Host })).toEqual(expected);
    // Any client can send it.
    const forwarded = {
      Host,
      'X-Forwarded-Host': 'acme-inc.example.com',
      Forwarded: 'host=acme-inc.example.com',
    };
    expect(await get('/host', forwarded)).toEqual(expected);
  });

  it.each([
    '',
    'example.com',
    '{org}',
    '{org}.',
    'https://{org}.example.com',
    '{org}.example.com:3000',
    'a-{org}.example.com',
    '{org}.{org}.com',
    '{org}.exa mple.com',
  ])('by the host need a pattern with {org} as its first label, not %p', (pattern) => {
    expect(() => orgNameFromHost(pattern)).toThrow(
      "orgNameFromHost() needs a host whose first label is {org}, without scheme and port. Pass a pattern such as '{org}.example.com'.",
    );
  });

  it.each([
    ['the authority', { ':authority': 'acme-inc.example.com' }, { orgName: 'acme-inc' }],
    [
      'the same Host header beside it',
      { ':authority': 'acme-inc.example.com', host: 'Acme-Inc.example.com' },
      { orgName: 'acme-inc' },
    ],
    [
      'another Host header beside it, which the handler may read',
      { ':authority': 'acme-inc.example.com', host: 'globex.example.com' },
      undefined,
    ],
  ])('by the host of HTTP/2 look at %s', (_what, headers, expected) => {
    const context = new ExecutionContextHost([{ headers }, {}]);
    expect(orgNameFromHost('{org}.example.com')(context)).toEqual(expected);
  });

  it('find the active organization of the token, and no other', async () => {
    const globex = { status: 200, orgId: GLOBEX_ID };
    expect(await get('/active', {}, scopedToGlobex)).toEqual(globex);
    expect(await get(`/active-beside-param/${ACME_ID}`, {}, scopedToGlobex)).toEqual(globex);
    expect(await get(`/param/${ACME_ID}`, {}, scopedToGlobex)).toEqual(forbidden);
  });

  it('find the organization in the body, which the handler still gets', async () => {
    const sent = { orgId: ACME_ID, title: 'Q3' };
    await request(url, alice).post('/body').send(sent).expect(201, { orgId: ACME_ID, body: sent });
  });

  it('can be any function of the context', async () => {
    const from = (host: string) => get('/subdomain', { 'X-Forwarded-Host': host });
    expect(await from('acme-inc.example.com')).toEqual({ status: 200, orgId: ACME_ID });
    expect(await from('evil.example.com')).toEqual(forbidden);
    expect(await get('/subdomain')).toEqual(forbidden);
  });

  it.each(customSources.map(([what, , status], index) => ({ what, status, index })))(
    'that return $what get $status',
    async ({ status, index }) => {
      expect(await get(`/custom/${index}`)).toEqual(
        status === 200 ? { status, orgId: ACME_ID } : forbidden,
      );
    },
  );

  it('that throw return an error, never access', async () => {
    await request(url, alice)
      .get('/throwing')
      .expect(500, { statusCode: 500, message: 'Internal server error' });
  });

  it('can return a promise, and its rejection returns an error', async () => {
    const headers = await headersOf(issuer, alice);
    await request(url).get('/promising').set(headers).expect(200);
    await request(url).get('/rejecting').set(headers).expect(500);
  });

  it('are not called before the user is known', async () => {
    await request(url).get('/throwing').expect(401);
  });
});
