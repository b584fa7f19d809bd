import {
  PropelAuthModule,
  RequireOrgMember,
  RequireOrgRole,
  RequirePermission,
  type AccessDecorator,
} from 'nestjs-propelauth';
import { TestIssuer, type TestOrgMembership, type TestUser } from 'nestjs-propelauth/testing';
import request from 'supertest';
import { beforeTests, startApplication } from '../../support/application.js';
import {
  ACME,
  ACME_ID,
  GLOBEX,
  GLOBEX_ID,
  headersOf,
  ROLES,
  userIn,
  withMembership,
} from '../../support/project.js';
import { routeUnder } from '../../support/routes.js';

const issuer = await TestIssuer.create({ roles: ['Billing', ...ROLES] });

const inAcme = (role: string, more: Partial<TestOrgMembership> = {}) =>
  userIn('alice', { ...ACME, role, ...more });
const inGlobex = { ...GLOBEX, role: 'Owner' };

/** Users in Acme, as PropelAuth can describe them. */
const USERS: Record<string, TestUser> = {
  owner: inAcme('Owner'),
  admin: inAcme('Admin'),
  member: inAcme('Member'),
  nobody: userIn('alice'),
  'owner of globex': userIn('alice', inGlobex),
  'admin, owner of globex': userIn('alice', inGlobex, { ...ACME, role: 'Admin' }),
  'owner without hierarchy': inAcme('Owner', { roleStructure: 'multi_role' }),
  'member and billing': inAcme('Member', { additionalRoles: ['Billing'] }),
  'member in hierarchy': inAcme('Member', {
    roleStructure: 'single_role_in_hierarchy',
    additionalRoles: ['Owner', 'Billing'],
    permissions: [],
  }),
  'admin, active here': { ...inAcme('Admin'), activeOrgId: ACME_ID },
  'active in globex': { ...userIn('alice', inGlobex), activeOrgId: GLOBEX_ID },
  'with another permission': inAcme('Member', { permissions: ['ProductA::CanCreate'] }),
};

/** And as claims that PropelAuth does not issue, or only for other projects. */
const CLAIMS: Record<string, Record<string, unknown>> = {
  'owner, no structure': { org_role_structure: undefined },
  'owner, no permissions': { user_permissions: null },
  mate: {
    user_role: 'Mate',
    inherited_user_roles_plus_current_role: ['Mate', 'Hand'],
    user_permissions: [],
  },
};

const EVERY_MEMBER = [
  'owner',
  'admin',
  'member',
  'admin, owner of globex',
  'owner without hierarchy',
  'member and billing',
  'member in hierarchy',
  'admin, active here',
  'with another permission',
  'owner, no structure',
  'owner, no permissions',
  'mate',
];
const OWNERS = ['owner', 'owner without hierarchy', 'owner, no structure', 'owner, no permissions'];
const ADMINS = ['admin', 'admin, owner of globex', 'admin, active here'];
const exact = { exact: true };
const VIEW = 'can_view_billing';
const EDIT = 'can_edit_billing';
const VIEWERS = ['owner', ...ADMINS, 'owner without hierarchy', 'owner, no structure'];
const EDITORS = ['owner', 'owner without hierarchy', 'owner, no structure'];

const ROWS: [rule: string, decorators: AccessDecorator[], who: string[]][] = [
  ['membership', [RequireOrgMember()], EVERY_MEMBER],
  ['at least Owner', [RequireOrgRole('Owner')], OWNERS],
  [
    'at least Admin',
    [RequireOrgRole('Admin')],
    ['owner', 'owner, no structure', 'owner, no permissions', ...ADMINS],
  ],
  ['exactly Admin', [RequireOrgRole('Admin', exact)], ADMINS],
  ['exactly Owner', [RequireOrgRole('Owner', exact)], OWNERS],
  ['at least Billing', [RequireOrgRole('Billing')], ['member and billing']],
  ['exactly Billing', [RequireOrgRole('Billing', exact)], ['member and billing']],
  ['at least Hand', [RequireOrgRole('Hand')], ['mate']],
  ['exactly Hand', [RequireOrgRole('Hand', exact)], []],
  ['exactly Mate', [RequireOrgRole('Mate', exact)], ['mate']],
  ['a role in another case', [RequireOrgRole('admin')], []],
  ['a part of a role', [RequireOrgRole('Adm')], []],
  ['a property of every object', [RequireOrgRole('constructor')], []],
  [
    'one of two roles',
    [RequireOrgRole({ anyOf: ['Owner', 'Billing'] })],
    [...OWNERS, 'member and billing'],
  ],
  ['one role of a list', [RequireOrgRole({ anyOf: ['Admin'] })], ADMINS],
  ['a permission', [RequirePermission(VIEW)], VIEWERS],
  ['a list of one permission', [RequirePermission([VIEW])], VIEWERS],
  ['all permissions of a list', [RequirePermission([VIEW, EDIT])], EDITORS],
  ['one of two permissions', [RequirePermission({ anyOf: [EDIT, 'can_fly'] })], EDITORS],
  ['one permission above another', [RequirePermission(VIEW), RequirePermission(EDIT)], EDITORS],
  ['a role and a permission', [RequireOrgRole('Admin', exact), RequirePermission(VIEW)], ADMINS],
  ['colons', [RequirePermission('ProductA::CanCreate')], ['with another permission']],
  ['a part of a permission', [RequirePermission('can_view')], []],
  ['a permission in another case', [RequirePermission('CAN_VIEW_BILLING')], []],
];

const application = beforeTests(() =>
  startApplication({
    imports: [PropelAuthModule.forRoot(issuer.moduleOptions)],
    controllers: ROWS.map(([, decorators], index) =>
      routeUnder(`orgs/:orgId/${index}`, ...decorators),
    ),
  }),
);

async function statusOf(path: string, name: string): Promise<number> {
  const changes = CLAIMS[name];
  const claims = changes && withMembership(issuer, { ...ACME, role: 'Owner' }, changes);
  const headers = await headersOf(issuer, USERS[name] ?? inAcme('Owner'), claims);
  const { status } = await request(application.url).get(path).set(headers);
  return status;
}

describe('An organization rule', () => {
  const names = [...Object.keys(USERS), ...Object.keys(CLAIMS)];

  it.each(ROWS.map(([rule, , who], index) => ({ rule, who, index })))(
    'about $rule lets in exactly $who',
    async ({ who, index }) => {
      const statuses: Record<string, number> = {};
      for (const name of names) {
        statuses[name] = await statusOf(`/orgs/${ACME_ID}/${index}`, name);
      }
      const expected = names.map((name) => [name, who.includes(name) ? 200 : 403]);
      expect(statuses).toEqual(Object.fromEntries(expected));
    },
  );

  it.each([
    ['another organization', GLOBEX_ID],
    ['the id in upper case', ACME_ID.toUpperCase()],
    ['the name instead of the id', 'acme-inc'],
    ['a part of the id', ACME_ID.slice(0, -1)],
    ['the id with a suffix', `${ACME_ID}0`],
    ['two ids', `${ACME_ID},${ACME_ID}`],
  ])('is about one organization, and not %s', async (_what, orgId) => {
    expect(await statusOf(`/orgs/${orgId}/0`, 'owner')).toBe(403);
  });
});
