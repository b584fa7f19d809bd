import { RequireOrgRole, RequirePermission } from 'nestjs-propelauth';
import { issuer, request, startGuarded } from '../../support/guarded-application.js';
import {
  ACME,
  ACME_ID,
  alice,
  bob,
  carol,
  dave,
  GLOBEX,
  userIn,
  withMembership,
} from '../../support/project.js';
import { routeUnder } from '../../support/routes.js';

const rules: Record<string, MethodDecorator[]> = {
  one: [RequirePermission('can_view_billing')],
  'a-list-of-one': [RequirePermission(['can_view_billing'])],
  several: [RequirePermission(['can_view_billing', 'can_edit_billing'])],
  'one-above-another': [
    RequirePermission('can_view_billing'),
    RequirePermission('can_edit_billing'),
  ],
  'the-same-twice': [RequirePermission(['can_view_billing', 'can_view_billing'])],
  'role-and-permission': [
    RequireOrgRole('Admin', { exact: true }),
    RequirePermission('can_view_billing'),
  ],
  'of-members': [RequirePermission('can_view_reports')],
  unknown: [RequirePermission('can_fly')],
  'nearly-the-name': [RequirePermission('can_view')],
  'other-case': [RequirePermission('CAN_VIEW_BILLING')],
  'with-colons': [RequirePermission('ProductA::CanCreate')],
  'of-every-object': [RequirePermission('constructor')],
};

const erin = userIn('erin', { ...GLOBEX, role: 'Owner' }, { ...ACME, role: 'Member' });
const frank = userIn('frank', { ...ACME, role: 'Member', permissions: ['ProductA::CanCreate'] });
const grace = { ...userIn('grace', { ...ACME, role: 'Admin' }), activeOrgId: ACME.orgId };
const nina = userIn('nina', { ...ACME, role: 'Owner' });
const withoutPermissions = withMembership(
  issuer,
  { ...ACME, role: 'Owner' },
  { user_permissions: null },
);

const { url } = await startGuarded({
  controllers: Object.entries(rules).map(([name, decorators]) =>
    routeUnder(`orgs/:orgId/${name}`, ...decorators),
  ),
});

describe('@RequirePermission()', () => {
  const everyone = { alice, bob, carol, dave, erin, frank, grace, nina };

  it.each<[string, (keyof typeof everyone)[]]>([
    ['one', ['alice', 'bob', 'grace']],
    ['a-list-of-one', ['alice', 'bob', 'grace']],
    ['several', ['alice']],
    ['one-above-another', ['alice']],
    ['the-same-twice', ['alice', 'bob', 'grace']],
    ['role-and-permission', ['bob', 'grace']],
    ['of-members', ['alice', 'bob', 'carol', 'erin', 'grace']],
    ['unknown', []],
    ['nearly-the-name', []],
    ['other-case', []],
    ['with-colons', ['frank']],
    ['of-every-object', []],
  ])('%s allows exactly: %j', async (rule, allowed) => {
    const answers = [];
    for (const [name, user] of Object.entries(everyone)) {
      const { status, body } = await request(
        url,
        user,
        user === nina ? withoutPermissions : undefined,
      ).get(`/orgs/${ACME_ID}/${rule}`);
      answers.push({ name, status, body });
    }
    expect(answers).toEqual(
      Object.entries(everyone).map(([name, { userId }]) =>
        allowed.includes(name as keyof typeof everyone)
          ? { name, status: 200, body: { userId, orgId: ACME_ID } }
          : {
              name,
              status: 403,
              body: { statusCode: 403, message: 'Forbidden', code: 'org_access_denied' },
            },
      ),
    );
  });

  it('returns 401, not 403, for an unauthenticated request', async () => {
    await request(url).get(`/orgs/${ACME_ID}/one`).expect(401);
  });
});
