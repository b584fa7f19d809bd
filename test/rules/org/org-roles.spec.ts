import { PropelAuthModule, RequireOrgMember, RequireOrgRole } from 'nestjs-propelauth';
import { TestIssuer, type TestUser } from 'nestjs-propelauth/testing';
import request from 'supertest';
import { startApplication } from '../../support/application.js';
import {
  ACME,
  ACME_ID,
  alice,
  bob,
  carol,
  dave,
  GLOBEX,
  GLOBEX_ID,
  headersOf,
  ROLES,
  userIn,
  withMembership,
  type KnownUser,
} from '../../support/project.js';
import { routeUnder } from '../../support/routes.js';

const issuer = await TestIssuer.create({ roles: ['Billing', ...ROLES] });

const roles = [
  ...ROLES.map(({ name }) => name),
  'Billing',
  'Captain',
  'Mate',
  'Hand',
  'Adm',
  'constructor',
];

const { url } = await startApplication({
  imports: [PropelAuthModule.forRoot(issuer.moduleOptions)],
  controllers: [
    routeUnder('orgs/:orgId/member', RequireOrgMember()),
    // Paths of their own, since those of Express look alike in any case.
    routeUnder('orgs/:orgId/min/other-case', RequireOrgRole('admin')),
    routeUnder('orgs/:orgId/exact/other-case', RequireOrgRole('admin', { exact: true })),
    ...roles.map((role) => routeUnder(`orgs/:orgId/min/${role}`, RequireOrgRole(role))),
    ...roles.map((role) =>
      routeUnder(`orgs/:orgId/exact/${role}`, RequireOrgRole(role, { exact: true })),
    ),
  ],
});

async function translate(user: TestUser | null, path: string, claims?: Record<string, unknown>) {
  const { status, body } = await request(url)
    .get(path)
    .set(await headersOf(issuer, user, claims));
  return { status, orgId: body.orgId };
}

const ROUTES = [
  'member',
  ...['min', 'exact'].flatMap((kind) => ROLES.map(({ name }) => `${kind}/${name}`)),
];

/** For the routes of the project's own roles: those that accept a user; all others do not. */
function onlyOn(...routes: string[]): Record<string, boolean> {
  return Object.fromEntries(ROUTES.map((route) => [route, routes.includes(route)]));
}

describe('Organization roles', () => {
  const allowed = { status: 200, orgId: ACME_ID };
  const forbidden = { status: 403, orgId: undefined };

  describe.each<[string, KnownUser, Record<string, boolean>, Record<string, unknown>?]>([
    ['an Owner', alice, onlyOn('member', 'min/Owner', 'min/Admin', 'min/Member', 'exact/Owner')],
    ['an Admin', bob, onlyOn('member', 'min/Admin', 'min/Member', 'exact/Admin')],
    ['a Member', carol, onlyOn('member', 'min/Member', 'exact/Member')],
    ['a user in no organization', dave, onlyOn()],
    ['the Owner of another organization', userIn('erin', { ...GLOBEX, role: 'Owner' }), onlyOn()],
    [
      'an Admin of this and Owner of another organization',
      userIn('erin', { ...GLOBEX, role: 'Owner' }, { ...ACME, role: 'Admin' }),
      { member: true, 'min/Owner': false, 'min/Admin': true, 'exact/Owner': false },
    ],
    [
      'a Mate in a hierarchy of a project’s own',
      carol,
      {
        'min/Captain': false,
        'min/Mate': true,
        'min/Hand': true,
        'exact/Mate': true,
        'exact/Hand': false,
        'min/Member': false,
        'min/Owner': false,
      },
      { user_role: 'Mate', inherited_user_roles_plus_current_role: ['Mate', 'Hand'] },
    ],
    [
      'an Owner among several roles, where there is no hierarchy',
      userIn('erin', { ...ACME, role: 'Owner', roleStructure: 'multi_role' }),
      { member: true, 'min/Owner': true, 'min/Admin': false, 'exact/Owner': true },
    ],
    [
      'a Member with the additional role Billing',
      userIn('erin', { ...ACME, role: 'Member', additionalRoles: ['Billing'] }),
      {
        'min/Member': true,
        'min/Billing': true,
        'exact/Member': true,
        'exact/Billing': true,
        'min/Admin': false,
        'exact/Owner': false,
      },
    ],
    [
      'additional roles in a hierarchy, where they do not count',
      userIn('erin', {
        ...ACME,
        role: 'Member',
        roleStructure: 'single_role_in_hierarchy',
        additionalRoles: ['Owner', 'Billing'],
      }),
      { 'min/Member': true, 'min/Owner': false, 'exact/Owner': false, 'min/Billing': false },
    ],
    [
      'no role structure, which means a hierarchy',
      alice,
      { 'min/Owner': true, 'min/Member': true, 'exact/Member': false },
      { org_role_structure: undefined },
    ],
    [
      'a token that is scoped to this organization',
      { ...userIn('erin', { ...ACME, role: 'Admin' }), activeOrgId: ACME.orgId },
      { member: true, 'min/Admin': true, 'min/Owner': false, 'exact/Member': false },
    ],
    [
      'a token that is scoped to another organization',
      { ...userIn('erin', { ...GLOBEX, role: 'Owner' }), activeOrgId: GLOBEX_ID },
      { member: false, 'min/Member': false, 'exact/Owner': false },
      {},
    ],
    [
      'roles whose names are nearly those required',
      bob,
      {
        'min/other-case': false,
        'exact/other-case': false,
        'min/Adm': false,
        'exact/Adm': false,
      },
    ],
    [
      'a role named like a property of every object',
      alice,
      { 'min/constructor': false, 'exact/constructor': false },
    ],
  ])('%s', (_who, user, expectations, changes) => {
    const claims = changes && withMembership(issuer, { ...ACME, role: 'Owner' }, changes);

    it.each(Object.entries(expectations))('under the rule %s passes: %s', async (rule, passes) => {
      expect(await translate(user, `/orgs/${ACME_ID}/${rule}`, claims)).toEqual(
        passes ? allowed : forbidden,
      );
    });
  });

  it.each(['member', 'min/Member', 'exact/Member'])(
    'return 401 for an unauthenticated request under the rule %s',
    async (rule) => {
      expect((await translate(null, `/orgs/${ACME_ID}/${rule}`)).status).toBe(401);
    },
  );

  it.each([
    ['another organization', GLOBEX_ID],
    ['an unknown organization', '00000000-0000-0000-0000-000000000000'],
    ['the id in upper case', ACME_ID.toUpperCase()],
    ['the name instead of the id', 'acme-inc'],
    ['a part of the id', ACME_ID.slice(0, -1)],
    ['the id with a suffix', `${ACME_ID}0`],
    ['the id with a space', `${ACME_ID}%20`],
    ['two ids', `${ACME_ID},${ACME_ID}`],
  ])('belong to one organization: %s gets 403', async (_what, orgId) => {
    expect(await translate(alice, `/orgs/${orgId}/member`)).toEqual(forbidden);
  });
});
