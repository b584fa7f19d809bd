import { Controller, Get } from '@nestjs/common';
import {
  CurrentUser,
  OptionalUser,
  PropelAuthModule,
  RequireOrgMember,
  RequireUser,
  type User,
} from 'nestjs-propelauth';
import request from 'supertest';
import { startApplication } from '../../support/application.js';
import { alice, membershipIn, userClaims } from '../../support/claims.js';
import { Issuer } from '../../support/issuer.js';
import { ACME, ACME_ID, GLOBEX_ID } from '../../support/project.js';
import { rawToken, rsaSignature, validClaims } from '../../support/raw-token.js';

const issuer = new Issuer();

@Controller()
class CallerController {
  @Get('whoami')
  @RequireUser()
  whoAmI(@CurrentUser() user: User) {
    // What is absent is left out of JSON; null would stay.
    return { user, orgIds: user.getOrgs().map(({ orgId }) => orgId) };
  }

  @Get('whoami_optional')
  @OptionalUser()
  whoAmIOptional(@CurrentUser() user: User | null) {
    return { userId: user?.userId ?? null };
  }

  @Get('orgs/:orgId')
  @RequireOrgMember()
  org() {
    return { allowed: true };
  }
}

/** Claims of someone in one organization, with an entry that differs from a proper one. */
function inAcme(overrides: Record<string, unknown>): Record<string, unknown> {
  return userClaims('erin', membershipIn(ACME, 'Admin', overrides));
}

/** Claims with such a map of organizations. */
function withOrgs(orgs: unknown): Record<string, unknown> {
  return { ...userClaims('erin'), org_id_to_org_member_info: orgs };
}

/** A text, since in a literal `__proto__` would set the prototype. */
function underOrgId(orgId: string): string {
  const entry = JSON.stringify({ ...membershipIn(ACME, 'Admin'), org_id: orgId });
  const claims = JSON.stringify(validClaims({ user_id: 'user-erin' }));
  return claims.replace(/}$/, `,"org_id_to_org_member_info":{${JSON.stringify(orgId)}:${entry}}}`);
}

const { url } = await startApplication({
  imports: [PropelAuthModule.forRoot(issuer.moduleOptions)],
  controllers: [CallerController],
});

function get(path: string, payload: object | string) {
  const token = rawToken({ payload, signature: rsaSignature(issuer.keys.privateKey) });
  return request(url).get(path).set('Authorization', `Bearer ${token}`);
}

describe('The claims of PropelAuth', () => {
  describe('return 401 if they are malformed, even with a valid signature', () => {
    const cases: [string, Record<string, unknown>][] = [
      ['no user_id', { ...alice, user_id: undefined }],
      ['null for user_id', { ...alice, user_id: null }],
      ['an empty user_id', { ...alice, user_id: '' }],
      ['a number for user_id', { ...alice, user_id: 1 }],
      ['an array for user_id', { ...alice, user_id: ['user-alice'] }],
      ['a number for email', { ...alice, email: 1 }],
      ['an object for first_name', { ...alice, first_name: {} }],
      ['an array for last_name', { ...alice, last_name: [] }],
      ['true for username', { ...alice, username: true }],
      ['a string for properties', { ...alice, properties: 'all' }],
      ['an array for properties', { ...alice, properties: [] }],
      ['a number for legacy_user_id', { ...alice, legacy_user_id: 1 }],
      ['a number for impersonator_user_id', { ...alice, impersonator_user_id: 1 }],
      ['an empty impersonator_user_id', { ...alice, impersonator_user_id: '' }],
      ['a string for login_method', { ...alice, login_method: 'password' }],
      ['a number inside login_method', { ...alice, login_method: { login_method: 1 } }],
      ['a string for the organizations', withOrgs(ACME_ID)],
      ['an array of organizations', withOrgs([membershipIn(ACME, 'Owner')])],
      ['an array for an entry', withOrgs({ [ACME_ID]: [] })],
      ['a string for an entry', withOrgs({ [ACME_ID]: 'Owner' })],
      ['true for an entry', withOrgs({ [ACME_ID]: true })],
      ['an entry without org_id', withOrgs({ [ACME_ID]: { user_role: 'Owner' } })],
      ['an entry under another id', withOrgs({ [GLOBEX_ID]: membershipIn(ACME, 'Owner') })],
      ['an empty org_id', withOrgs({ '': { ...membershipIn(ACME, 'Owner'), org_id: '' } })],
      ['a number for org_id', withOrgs({ 1: { ...membershipIn(ACME, 'Owner'), org_id: 1 } })],
      ['a number for org_name', inAcme({ org_name: 1 })],
      ['a number for url_safe_org_name', inAcme({ url_safe_org_name: 1 })],
      ['a string for org_metadata', inAcme({ org_metadata: 'none' })],
      ['a number for legacy_org_id', inAcme({ legacy_org_id: 1 })],
      ['a number for user_role', inAcme({ user_role: 1 })],
      ['an array for user_role', inAcme({ user_role: ['Owner'] })],
      ['a string for permissions', inAcme({ user_permissions: 'can_view_billing' })],
      ['an object for permissions', inAcme({ user_permissions: { length: 1 } })],
      ['a number among permissions', inAcme({ user_permissions: ['can_view_billing', 1] })],
      ['null among permissions', inAcme({ user_permissions: [null] })],
      ['a string for the roles', inAcme({ inherited_user_roles_plus_current_role: 'Owner' })],
      ['a number among the roles', inAcme({ inherited_user_roles_plus_current_role: [1] })],
      ['a string for additional roles', inAcme({ additional_roles: 'Owner' })],
      ['an unknown role structure', inAcme({ org_role_structure: 'anarchy' })],
      ['an array for the role structure', inAcme({ org_role_structure: ['multi_role'] })],
      ['a string for the active organization', { ...alice, org_member_info: ACME_ID }],
      ['an array for the active organization', { ...alice, org_member_info: [] }],
      [
        'an active organization without an id',
        { ...alice, org_member_info: { user_role: 'Owner' } },
      ],
    ];
    const texts: [string, string][] = [
      '__proto__',
      'constructor',
      'hasOwnProperty',
      'toString',
      'valueOf',
      '__defineGetter__',
    ].map((orgId) => [`the org id ${orgId}`, underOrgId(orgId)]);

    it.each<[string, Record<string, unknown> | string]>([...cases, ...texts])(
      '%s',
      async (_what, claims) => {
        const payload = typeof claims === 'string' ? claims : validClaims(claims);
        const rejection = { statusCode: 401, message: 'Unauthorized', code: 'token_invalid' };
        const required = await get('/whoami', payload);
        expect({ status: required.status, body: required.body }).toEqual({
          status: 401,
          body: rejection,
        });
        expect((await get(`/orgs/${ACME_ID}`, payload)).status).toBe(401);
        expect((await get('/whoami_optional', payload)).body).toEqual({ userId: null });
      },
    );
  });

  it.each<[string, Record<string, unknown>]>([
    ['a null entry', withOrgs({ [ACME_ID]: null })],
    ['a null role', inAcme({ user_role: null })],
    ['no role', inAcme({ user_role: undefined })],
    ['no organizations', withOrgs(undefined)],
    ['null for the organizations', withOrgs(null)],
    ['an active organization with a null role', activeIn({ user_role: null })],
  ])('give a user no membership: %s', async (_what, claims) => {
    const { status, body } = await get('/whoami', validClaims(claims));
    expect({ status, orgIds: body.orgIds }).toEqual({ status: 200, orgIds: [] });
    expect((await get(`/orgs/${ACME_ID}`, validClaims(claims))).status).toBe(403);
  });

  it('ignore a membership of null and keep the others', async () => {
    const claims = withOrgs({ [GLOBEX_ID]: null, [ACME_ID]: membershipIn(ACME, 'Member') });
    const { body } = await get('/whoami', validClaims(claims));
    expect(body.orgIds).toEqual([ACME_ID]);
  });

  it('treat an optional claim of null as absent', async () => {
    const { status, body } = await get(
      '/whoami',
      validClaims({
        user_id: 'user-erin',
        email: null,
        first_name: null,
        last_name: null,
        username: null,
        properties: null,
        legacy_user_id: null,
        impersonator_user_id: null,
        login_method: null,
        org_id_to_org_member_info: null,
        org_member_info: null,
      }),
    );
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        user: { userId: 'user-erin', loginMethod: { loginMethod: 'unknown' } },
        orgIds: [],
      },
    });
  });

  it('grant nothing that an entry omits', async () => {
    const claims = withOrgs({ [ACME_ID]: { org_id: ACME_ID, user_role: 'Owner' } });
    const { body } = await get('/whoami', validClaims(claims));
    expect(body.user.orgIdToUserOrgInfo[ACME_ID]).toMatchObject({
      userAssignedRole: 'Owner',
      userInheritedRolesPlusCurrentRole: [],
      userPermissions: [],
      userAssignedAdditionalRoles: [],
      orgRoleStructure: 'single_role_in_hierarchy',
    });
  });

  it.each(['an id with spaces', '0', 'Ünïcödé', 'prototype', '__proto'])(
    'can contain any other org id, such as %s',
    async (orgId) => {
      expect((await get('/whoami', underOrgId(orgId))).body.orgIds).toEqual([orgId]);
      const path = `/orgs/${encodeURIComponent(orgId)}`;
      expect((await get(path, underOrgId(orgId))).status).toBe(200);
    },
  );

  it('can contain unknown claims', async () => {
    const claims = validClaims({ ...alice, aud: 'someone', new_claim: { anything: [null] } });
    expect((await get('/whoami', claims)).status).toBe(200);
  });
});

function activeIn(overrides: Record<string, unknown>): Record<string, unknown> {
  return { ...userClaims('erin'), org_member_info: membershipIn(ACME, 'Admin', overrides) };
}
