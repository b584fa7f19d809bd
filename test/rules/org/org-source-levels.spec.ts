import { Controller, Get, type Type } from '@nestjs/common';
import {
  activeOrg,
  orgFromHeader,
  orgFromParam,
  orgFromQuery,
  orgNameFromParam,
  RequireOrgMember,
  RequireOrgRole,
  RequirePermission,
  RequireUser,
  type OrgSource,
} from 'nestjs-propelauth';
import { beforeTests } from '../../support/application.js';
import { request, startGuarded } from '../../support/guarded-application.js';
import { ACME, ACME_ID, GLOBEX, GLOBEX_ID, userIn } from '../../support/project.js';
import { CurrentCaller, routeUnder, type Caller } from '../../support/routes.js';

/** In both organizations, so that only the sources decide. */
const erin = userIn('erin', { ...ACME, role: 'Admin' }, { ...GLOBEX, role: 'Admin' });
const UMBRELLA_ID = 'b1d0c9e8-7f6a-4e5d-8c4b-3a2f1e0d9c8b';

const fromHeader = orgFromHeader('x-org-id');

@Controller('class')
@RequireOrgMember({ org: fromHeader })
class ClassController {
  @Get('handler-without-rules/:orgId')
  withoutRules(@CurrentCaller() caller: Caller) {
    return caller;
  }

  @Get('handler-with-a-user-rule/:orgId')
  @RequireUser()
  withUserRule(@CurrentCaller() caller: Caller) {
    return caller;
  }

  @Get('handler-without-source/:orgId')
  @RequireOrgRole('Admin')
  withoutSource(@CurrentCaller() caller: Caller) {
    return caller;
  }

  @Get('handler-with-source/:orgId')
  @RequireOrgRole('Admin', { org: orgFromParam() })
  withSource(@CurrentCaller() caller: Caller) {
    return caller;
  }
}

@Controller('rule-without-source')
@RequireOrgMember()
class RuleWithoutSourceController {
  @Get('handler-without-rules/:orgId')
  withoutRules(@CurrentCaller() caller: Caller) {
    return caller;
  }

  @Get('handler-with-source/:orgId')
  @RequirePermission('can_view_reports', { org: orgFromQuery() })
  withSource(@CurrentCaller() caller: Caller) {
    return caller;
  }
}

@Controller('heir')
class HeirController extends ClassController {}

@Controller('heir-with-source')
@RequireOrgMember({ org: orgFromQuery() })
class HeirWithSourceController extends RuleWithoutSourceController {}

const controllers: Type[] = [
  ClassController,
  RuleWithoutSourceController,
  HeirController,
  HeirWithSourceController,
  routeUnder('one-of-two/:orgId', RequireOrgMember(), RequireOrgRole('Admin', { org: fromHeader })),
  routeUnder(
    'path-and-query/:orgId',
    RequireOrgMember({ org: orgFromParam() }),
    RequirePermission('can_view_reports', { org: orgFromQuery() }),
  ),
  routeUnder(
    'id-and-name/:orgId/:orgName',
    RequireOrgMember({ org: orgFromParam() }),
    RequireOrgMember({ org: orgNameFromParam() }),
  ),
  routeUnder(
    'path-and-token/:orgId',
    RequireOrgMember({ org: orgFromParam() }),
    RequireOrgMember({ org: activeOrg() }),
  ),
];

/** Where a request names an organization; each place another one, unless said otherwise. */
interface Named {
  path?: string;
  query?: string;
  header?: string;
}

const EVERYWHERE: Named = { path: ACME_ID, query: GLOBEX_ID, header: UMBRELLA_ID };

describe.each<[string, OrgSource | undefined, keyof Named]>([
  ['the default of the module', undefined, 'path'],
  ['orgSource: orgFromQuery()', orgFromQuery(), 'query'],
  ['orgSource: orgFromHeader()', fromHeader, 'header'],
])('The source of a rule that names none, with %s', (_what, orgSource, ofModule) => {
  const application = beforeTests(() =>
    startGuarded(
      { controllers: [...controllers, routeUnder('module/:orgId', RequireOrgMember())] },
      { orgSource, startupAudit: 'warn' },
    ),
  );

  async function get(route: string, named: Named, user: object = erin) {
    const { status, body } = await request(application.url, { ...user })
      .get(`/${route}/${named.path ?? ACME_ID}`)
      .query(named.query === undefined ? {} : { orgId: named.query })
      .set(named.header === undefined ? {} : { 'X-Org-Id': named.header });
    return { status, orgId: body.orgId };
  }

  /** Which places decide: at those the caller's organization is named, everywhere else one that the caller is not in. */
  async function expectToLookAt(route: string, places: (keyof Named)[]) {
    const elsewhere: Named = { path: UMBRELLA_ID, query: UMBRELLA_ID, header: UMBRELLA_ID };
    const fitting = Object.fromEntries(places.map((place) => [place, ACME_ID]));
    expect(await get(route, { ...elsewhere, ...fitting })).toEqual({
      status: 200,
      orgId: ACME_ID,
    });
    for (const place of places) {
      const everywhere: Named = { path: ACME_ID, query: ACME_ID, header: ACME_ID };
      expect(await get(route, { ...everywhere, [place]: UMBRELLA_ID })).toMatchObject({
        status: 403,
      });
      expect(await get(route, { ...everywhere, [place]: GLOBEX_ID })).toEqual(
        places.length === 1 ? { status: 200, orgId: GLOBEX_ID } : { status: 403, orgId: undefined },
      );
    }
  }

  it.each<[string, (keyof Named)[]]>([
    ['module', [ofModule]],
    ['class/handler-without-rules', ['header']],
    ['class/handler-with-a-user-rule', ['header']],
    ['class/handler-without-source', ['header']],
    ['class/handler-with-source', ['path', 'header']],
    ['rule-without-source/handler-without-rules', [ofModule]],
    ['rule-without-source/handler-with-source', ['query', ofModule]],
    ['heir/handler-without-rules', ['header']],
    ['heir/handler-without-source', ['header']],
    ['heir-with-source/handler-without-rules', ['query', ofModule]],
    ['heir-with-source/handler-with-source', ['query', ofModule]],
    ['one-of-two', ['header']],
    ['path-and-query', ['path', 'query']],
  ])('is that of its level or of an outer one: %s reads %j', async (route, places) => {
    await expectToLookAt(route, [...new Set(places)]);
  });

  it('rejects three sources that name three organizations with 403', async () => {
    expect(await get('path-and-query', EVERYWHERE)).toEqual({ status: 403, orgId: undefined });
    expect(await get('class/handler-with-source', EVERYWHERE)).toMatchObject({ status: 403 });
  });

  it('accepts one organization that is named in two ways', async () => {
    const both = await get(`id-and-name/${ACME_ID}`, { path: 'acme-inc' });
    expect(both).toEqual({ status: 200, orgId: ACME_ID });
    const different = await get(`id-and-name/${ACME_ID}`, { path: 'globex' });
    expect(different).toEqual({ status: 403, orgId: undefined });
  });

  it('must match the active organization of the token if a rule requires it', async () => {
    const scopedToAcme = { ...userIn('erin', { ...ACME, role: 'Admin' }), activeOrgId: ACME.orgId };
    expect(await get('path-and-token', { path: ACME_ID }, scopedToAcme)).toMatchObject({
      status: 200,
    });
    expect(await get('path-and-token', { path: GLOBEX_ID }, scopedToAcme)).toMatchObject({
      status: 403,
    });
    expect(await get('path-and-token', { path: ACME_ID }, erin)).toMatchObject({ status: 403 });
  });
});
