import { Controller, Get } from '@nestjs/common';
import { CurrentUser, OrgMemberInfo, PropelAuthModule, RequireUser, User } from 'nestjs-propelauth';
import { TestIssuer, type TestUser } from 'nestjs-propelauth/testing';
import request from 'supertest';
import { startApplication } from '../support/application.js';
import {
  ACME,
  ACME_ID,
  alice,
  bob,
  dave,
  GLOBEX,
  GLOBEX_ID,
  headersOf,
  ROLES,
  userIn,
} from '../support/project.js';

const issuer = await TestIssuer.create({ roles: [...ROLES, 'Billing'] });

const users: User[] = [];

@Controller()
class UserController {
  @Get()
  @RequireUser()
  keep(@CurrentUser() user: User) {
    users.push(user);
    return {};
  }
}

const { url } = await startApplication({
  imports: [PropelAuthModule.forRoot(issuer.moduleOptions)],
  controllers: [UserController],
});

/** The user whom a handler is given for such a user. */
async function userOf(user: TestUser, claims?: Record<string, unknown>): Promise<User> {
  await request(url)
    .get('/')
    .set(await headersOf(issuer, user, claims))
    .expect(200);
  return users.at(-1) as User;
}

describe('User, as PropelAuth’s Node documentation describes it,', () => {
  const erin = userIn(
    'erin',
    { ...ACME, role: 'Admin' },
    { ...GLOBEX, role: 'Member', additionalRoles: ['Billing'] },
  );

  it('is an instance of the exported class', async () => {
    expect(await userOf(alice)).toBeInstanceOf(User);
  });

  it('has the claims of its token', async () => {
    const user = await userOf({
      ...erin,
      lastName: 'Example',
      username: 'erin-e',
      legacyUserId: 'erin-1',
      properties: { theme: 'dark' },
    });
    expect(user).toMatchObject({
      userId: 'user-erin',
      email: 'erin@example.com',
      firstName: 'erin',
      lastName: 'Example',
      username: 'erin-e',
      legacyUserId: 'erin-1',
      properties: { theme: 'dark' },
    });
    expect(Object.keys(user.orgIdToUserOrgInfo ?? {})).toEqual([ACME_ID, GLOBEX_ID]);
  });

  it('getOrg() finds an organization by its id', async () => {
    const user = await userOf(erin);
    expect(user.getOrg(ACME_ID)).toBeInstanceOf(OrgMemberInfo);
    expect(user.getOrg(ACME_ID)?.orgName).toBe('Acme Inc');
    expect(user.getOrg('unknown')).toBeUndefined();
    expect(user.getOrg('constructor')).toBeUndefined();
  });

  it('getOrgByName() finds an organization by either of its names', async () => {
    const user = await userOf(erin);
    expect(user.getOrgByName('acme-inc')?.orgId).toBe(ACME_ID);
    expect(user.getOrgByName('Acme Inc')?.orgId).toBe(ACME_ID);
    expect(user.getOrgByName('unknown')).toBeUndefined();
  });

  it('getOrgs() lists the organizations', async () => {
    expect((await userOf(erin)).getOrgs().map(({ orgId }) => orgId)).toEqual([ACME_ID, GLOBEX_ID]);
    expect((await userOf(dave)).getOrgs()).toEqual([]);
  });

  it('has an active organization when the token is scoped to one', async () => {
    const scoped = await userOf({
      ...userIn('erin', { ...GLOBEX, role: 'Member' }),
      activeOrgId: GLOBEX_ID,
    });
    expect(scoped.getActiveOrgId()).toBe(GLOBEX_ID);
    expect(scoped.getActiveOrg()).toBe(scoped.getOrg(GLOBEX_ID));
    expect(scoped.getOrgs()).toHaveLength(1);
    const unscoped = await userOf(erin);
    expect(unscoped.getActiveOrgId()).toBeUndefined();
    expect(unscoped.getActiveOrg()).toBeUndefined();
  });

  it('isRole() and isAtLeastRole() use the hierarchy of an organization', async () => {
    const user = await userOf(bob);
    const questions = ['Owner', 'Admin', 'Member'] as const;
    expect(questions.map((role) => user.isRole(ACME_ID, role))).toEqual([false, true, false]);
    expect(questions.map((role) => user.isAtLeastRole(ACME_ID, role))).toEqual([false, true, true]);
    expect(user.isRole(GLOBEX_ID, 'Admin')).toBe(false);
    expect(user.isAtLeastRole(GLOBEX_ID, 'Member')).toBe(false);
  });

  it('isRole() and isAtLeastRole() support organizations with several roles', async () => {
    const user = await userOf(erin);
    for (const role of ['Member', 'Billing']) {
      expect(user.isRole(GLOBEX_ID, role)).toBe(true);
      expect(user.isAtLeastRole(GLOBEX_ID, role)).toBe(true);
    }
    expect(user.isAtLeastRole(GLOBEX_ID, 'Owner')).toBe(false);
  });

  it('hasPermission() and hasAllPermissions() check one organization', async () => {
    const user = await userOf(bob);
    expect(user.hasPermission(ACME_ID, 'can_view_billing')).toBe(true);
    expect(user.hasPermission(ACME_ID, 'can_edit_billing')).toBe(false);
    expect(user.hasPermission(GLOBEX_ID, 'can_view_billing')).toBe(false);
    expect(user.hasAllPermissions(ACME_ID, ['can_view_billing', 'can_view_reports'])).toBe(true);
    expect(user.hasAllPermissions(ACME_ID, ['can_view_billing', 'can_edit_billing'])).toBe(false);
    expect(user.hasAllPermissions(GLOBEX_ID, ['can_view_billing'])).toBe(false);
  });

  it('getUserProperty() reads the properties', async () => {
    const user = await userOf({ ...alice, properties: { theme: 'dark', seats: 0 } });
    expect(user.getUserProperty('theme')).toBe('dark');
    expect(user.getUserProperty('seats')).toBe(0);
    expect(user.getUserProperty('unknown')).toBeUndefined();
    expect(user.getUserProperty('toString')).toBeUndefined();
    expect((await userOf(alice)).getUserProperty('theme')).toBeUndefined();
  });

  it('isImpersonating() is true when an employee impersonates the user', async () => {
    const impersonated = await userOf({ ...alice, impersonatorUserId: 'user-support' });
    expect(impersonated.isImpersonating()).toBe(true);
    expect(impersonated.impersonatorUserId).toBe('user-support');
    const herself = await userOf(alice);
    expect(herself.isImpersonating()).toBe(false);
    expect(herself.impersonatorUserId).toBeUndefined();
  });

  it('keeps legacy ids of users and organizations', async () => {
    const user = await userOf({
      ...userIn('erin', { ...ACME, role: 'Admin', legacyOrgId: 'acme-1' }),
      legacyUserId: 'erin-1',
    });
    expect(user.legacyUserId).toBe('erin-1');
    expect(user.getOrg(ACME_ID)?.legacyOrgId).toBe('acme-1');
    expect((await userOf(alice)).legacyUserId).toBeUndefined();
  });

  it.each<[object | undefined, object]>([
    [{ login_method: 'password' }, { loginMethod: 'password' }],
    [{ login_method: 'magic_link' }, { loginMethod: 'magic_link' }],
    [{ login_method: 'email_confirmation_link' }, { loginMethod: 'email_confirmation_link' }],
    [{ login_method: 'impersonation' }, { loginMethod: 'impersonation' }],
    [{ login_method: 'generated_from_backend_api' }, { loginMethod: 'generated_from_backend_api' }],
    [
      { login_method: 'social_sso', provider: 'Google' },
      { loginMethod: 'social_sso', provider: 'Google' },
    ],
    [
      { login_method: 'saml_sso', provider: 'Okta', org_id: ACME_ID },
      { loginMethod: 'saml_sso', provider: 'Okta', orgId: ACME_ID },
    ],
    [{ login_method: 'one_that_is_not_known_yet' }, { loginMethod: 'unknown' }],
    [{}, { loginMethod: 'unknown' }],
    [undefined, { loginMethod: 'unknown' }],
  ])('has the login method of %j', async (claim, loginMethod) => {
    expect((await userOf(alice, { login_method: claim })).loginMethod).toEqual(loginMethod);
  });
});
