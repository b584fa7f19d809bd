import * as vendor from '@propelauth/node-apis';
import { decodeJwt } from 'jose';
import { PropelAuthApiError, type PropelAuthApi } from 'nestjs-propelauth';
import { TestIssuer, type TestEmulator } from 'nestjs-propelauth/testing';
import { createEmulator, Emulator, EmulatorError } from 'propelauth-emulator';
import { ResolvedOptions } from '../../lib/options/resolved-options.js';
import { createPropelAuthApi } from '../../lib/propelauth/api/propel-auth-api.js';
import { apiOf, emulatorOf } from '../support/emulator.js';

const NOBODY = '00000000-0000-4000-8000-000000000000';
const NO_ORG = NOBODY;
const VENDOR_FUNCTIONS = Object.keys(vendor.getApis(new URL('https://auth.example.com'), 'key'));

describe('The backend API of the emulator, called by PropelAuth’s client', () => {
  let issuer: TestIssuer;
  let emulator: TestEmulator;
  let api: PropelAuthApi;
  let alice: string;
  let acme: string;

  beforeAll(async () => {
    issuer = await TestIssuer.create({
      roles: [{ name: 'Owner', permissions: ['can_view_billing'] }, 'Admin', 'Member'],
    });
  });

  beforeEach(() => {
    emulator = emulatorOf(issuer);
    api = apiOf(emulator);
    alice = emulator.addUser(
      {
        email: 'alice@example.com',
        username: 'alice',
        firstName: 'Alice',
        properties: { plan: 'pro' },
        orgs: [{ orgName: 'Acme Inc', role: 'Owner' }],
      },
      { mfaEnabled: true },
    );
    acme = issuer.orgId('Acme Inc');
  });

  describe('as a whole', () => {
    it('names its calls by functions of PropelAuth’s client', () => {
      const { supported } = emulator.core.recorder;
      const unnamed = supported.filter((name) => !VENDOR_FUNCTIONS.includes(name));
      // Webhooks, and what other clients call, and PropelAuth's does not.
      expect(unnamed.toSorted()).toEqual([
        'browserLogout',
        'browserRefreshToken',
        'frontEndApi',
        'introspect',
        'logout',
        'mcpAuthorize',
        'mcpMetadata',
        'mcpRegister',
        'mcpToken',
        'oauthAuthorize',
        'oauthToken',
        'oauthUserinfo',
        'refreshToken',
        'ssrAuthorize',
        'ssrToken',
        'webhook',
        'webhookOrder',
      ]);
    });

    it('rejects calls that it does not support, instead of returning nothing', async () => {
      await expect(api.fetchOrgScimGroups({ orgId: acme })).rejects.toThrow(PropelAuthApiError);
    });

    it('cannot be created in production', async () => {
      const nodeEnv = process.env.NODE_ENV;
      process.env.NODE_ENV = 'production';
      try {
        await expect(createEmulator()).rejects.toThrow(/NODE_ENV=production/);
      } finally {
        process.env.NODE_ENV = nodeEnv;
      }
    });

    it('rejects users with unknown roles', () => {
      expect(() => emulator.addUser({ orgs: [{ role: 'Admn' }] })).toThrow(/"Admn" is not a role/);
    });

    it('has its own project, separate from other instances', async () => {
      const other = apiOf(emulatorOf(issuer));
      expect(await other.fetchUserMetadataByUserId(alice)).toBeNull();
    });
  });

  describe('users', () => {
    it('are found by id, email address and username, with their organizations on request', async () => {
      const found = await api.fetchUserMetadataByUserId(alice);
      expect(found).toMatchObject({
        userId: alice,
        email: 'alice@example.com',
        firstName: 'Alice',
        properties: { plan: 'pro' },
        enabled: true,
        mfaEnabled: true,
      });
      expect(found).not.toHaveProperty('orgIdToOrgInfo');
      expect(await api.fetchUserMetadataByEmail('Alice@Example.com')).toEqual(found);
      const withOrgs = await api.fetchUserMetadataByUsername('alice', true);
      expect(withOrgs?.orgIdToOrgInfo?.[acme]).toBeInstanceOf(vendor.OrgMemberInfo);
      expect(withOrgs?.orgIdToOrgInfo?.[acme]).toEqual(
        issuer.org({ orgName: 'Acme Inc', role: 'Owner' }),
      );
    });

    it('are found in batches, without unknown users', async () => {
      const ids = await api.fetchBatchUserMetadataByUserIds([alice, alice, NOBODY]);
      expect(Object.keys(ids)).toEqual([alice]);
      const emails = await api.fetchBatchUserMetadataByEmails(['alice@example.com', 'x@y.z'], true);
      expect(emails['alice@example.com']?.orgIdToOrgInfo?.[acme]?.orgName).toBe('Acme Inc');
      expect(Object.keys(await api.fetchBatchUserMetadataByUsernames(['alice']))).toEqual([
        'alice',
      ]);
    });

    it('are null if they do not exist', async () => {
      expect(await api.fetchUserMetadataByUserId(NOBODY)).toBeNull();
      expect(await api.fetchUserMetadataByUserId('no-uuid')).toBeNull();
      expect(await api.fetchUserMetadataByEmail('nobody@example.com')).toBeNull();
      expect(await api.fetchUserMfaMethods(NOBODY)).toBeNull();
      expect(await api.fetchUserSignupQueryParams(NOBODY)).toBeNull();
    });

    it('have their role in each organization', async () => {
      const orgs = [
        { orgId: '2', orgName: 'Two', role: 'Owner' },
        { orgId: '1', orgName: 'One', role: 'Member' },
      ];
      const bob = emulator.addUser({ email: 'bob@example.com', orgs });
      expect(await roleOf(bob, '2', api)).toEqual(['Owner', ['Owner', 'Admin', 'Member']]);
      expect(await roleOf(bob, '1', api)).toEqual(['Member', ['Member']]);
    });

    it('that are declared again leave the organizations that are not listed', async () => {
      emulator.addUser({
        email: 'alice@example.com',
        orgs: [{ orgName: 'Other', role: 'Member' }],
      });
      expect(await roleOf(alice, acme, api)).toEqual([undefined, undefined]);
      expect(await roleOf(alice, issuer.orgId('Other'), api)).toEqual(['Member', ['Member']]);
      expect(await api.fetchUsersInOrg({ orgId: acme })).toHaveProperty('totalUsers', 0);
    });

    it('are created with the id that the issuer would use', async () => {
      const { userId } = await api.createUser({
        email: 'bob@example.com',
        emailConfirmed: true,
        password: 'hunter22',
        firstName: 'Bob',
        properties: { plan: 'free' },
      });
      expect(userId).toBe(issuer.userId({ email: 'bob@example.com' }));
      expect(await api.fetchUserMetadataByUserId(userId)).toMatchObject({
        emailConfirmed: true,
        hasPassword: true,
        firstName: 'Bob',
        properties: { plan: 'free' },
      });
    });

    it.each([
      ['email', { email: 'no-address' }],
      ['email', { email: 'ALICE@example.com' }],
      ['username', { email: 'bob@example.com', username: 'Alice' }],
      ['password', { email: 'bob@example.com', password: '' }],
      ['first_name', { email: 'bob@example.com', firstName: 7 as never }],
    ])('are not created with an invalid %s: %j', async (field, user) => {
      const exception = await outcomeOf(() => api.createUser(user));
      expect(exception).toBeInstanceOf(vendor.CreateUserException);
      expect(exception).toHaveProperty('fieldToErrors', { [field]: [expect.any(String)] });
    });

    it('are not migrated with an email address that is in use', async () => {
      const user = { email: 'alice@example.com', emailConfirmed: true };
      await expectException(vendor.MigrateUserException, ['email'], () =>
        api.migrateUserFromExternalSource(user),
      );
    });

    it('are migrated from elsewhere', async () => {
      const { userId } = await api.migrateUserFromExternalSource({
        email: 'carol@example.com',
        emailConfirmed: true,
        existingUserId: 'old-carol',
        existingMfaBase32EncodedSecret: 'JBSWY3DP',
        enabled: false,
      });
      expect(await api.fetchUserMetadataByUserId(userId)).toMatchObject({
        legacyUserId: 'old-carol',
        mfaEnabled: true,
        enabled: false,
        hasPassword: false,
      });
      await api.migrateUserPassword({ userId, passwordHash: '$2a$…' });
      expect(await api.fetchUserMetadataByUserId(userId)).toHaveProperty('hasPassword', true);
      for (const wrong of [
        { userId: NOBODY, passwordHash: '$2a$…' },
        { userId, passwordHash: '' },
      ]) {
        expect(await outcomeOf(() => api.migrateUserPassword(wrong))).toBeInstanceOf(
          vendor.MigrateUserPasswordException,
        );
      }
    });

    it('are updated', async () => {
      await api.updateUserMetadata(alice, {
        lastName: 'Archer',
        username: 'alice',
        metadata: { note: 1 },
        properties: { seats: 3 },
        legacyUserId: 'old-alice',
      });
      await api.updateUserEmail(alice, {
        newEmail: 'a@example.com',
        requireEmailConfirmation: false,
      });
      await api.updateUserPassword(alice, { password: 'hunter22' });
      await api.enableUserCanCreateOrgs(alice);
      await api.disableUser2fa(alice);
      await api.disableUser(alice);
      expect(await api.fetchUserMetadataByUserId(alice)).toMatchObject({
        email: 'a@example.com',
        firstName: 'Alice',
        lastName: 'Archer',
        legacyUserId: 'old-alice',
        metadata: { note: 1 },
        properties: { plan: 'pro', seats: 3 },
        hasPassword: true,
        canCreateOrgs: true,
        mfaEnabled: false,
        enabled: false,
      });
      await api.enableUser(alice);
      await api.clearUserPassword(alice);
      await api.disableUserCanCreateOrgs(alice);
      expect(await api.fetchUserMetadataByUserId(alice)).toMatchObject({
        hasPassword: false,
        canCreateOrgs: false,
        enabled: true,
      });
    });

    it('keep their email address until they have confirmed another', async () => {
      await api.updateUserEmail(alice, {
        newEmail: 'a@example.com',
        requireEmailConfirmation: true,
      });
      expect(await api.fetchUserMetadataByUserId(alice)).toHaveProperty(
        'email',
        'alice@example.com',
      );
    });

    it('reject invalid updates', async () => {
      emulator.addUser({ email: 'bob@example.com', username: 'bob' });
      await expectException(vendor.UpdateUserMetadataException, ['username'], () =>
        api.updateUserMetadata(alice, { username: 'bob' }),
      );
      await expectException(vendor.UpdateUserEmailException, ['new_email'], () =>
        api.updateUserEmail(alice, {
          newEmail: 'bob@example.com',
          requireEmailConfirmation: false,
        }),
      );
      await expectException(vendor.UpdateUserPasswordException, ['password'], () =>
        api.updateUserPassword(alice, { password: ' ' }),
      );
    });

    it('are removed with their memberships and keys when deleted', async () => {
      const { apiKeyToken } = await api.createApiKey({ userId: alice });
      expect(await api.deleteUser(alice)).toBe(true);
      expect(await api.deleteUser(alice)).toBe(false);
      expect(await api.fetchUserMetadataByUserId(alice)).toBeNull();
      expect(await api.fetchUsersInOrg({ orgId: acme })).toHaveProperty('totalUsers', 0);
      await expect(api.validateApiKey(apiKeyToken)).rejects.toMatchObject({
        cause: expect.any(vendor.ApiKeyValidateException),
      });
    });

    it.each([
      'disableUser',
      'enableUser',
      'disableUser2fa',
      'resendEmailConfirmation',
      'enableUserCanCreateOrgs',
      'disableUserCanCreateOrgs',
      'logoutAllUserSessions',
      'deleteUser',
    ] as const)('that do not exist return false for %s', async (name) => {
      expect(await api[name](NOBODY)).toBe(false);
      expect(await api[name]('no-uuid')).toBe(false);
    });

    it('are listed in pages', async () => {
      for (const name of ['dave', 'bob', 'carol']) {
        await api.createUser({ email: `${name}@example.com`, username: name });
      }
      const first = await api.fetchUsersByQuery({ pageSize: 3, orderBy: 'EMAIL' });
      expect(first).toMatchObject({
        totalUsers: 4,
        currentPage: 0,
        pageSize: 3,
        hasMoreResults: true,
      });
      expect(emailsIn(first)).toEqual([
        'alice@example.com',
        'bob@example.com',
        'carol@example.com',
      ]);
      const second = await api.fetchUsersByQuery({ pageSize: 3, pageNumber: 1, orderBy: 'EMAIL' });
      expect(emailsIn(second)).toEqual(['dave@example.com']);
      expect(second.hasMoreResults).toBe(false);
      expect(emailsIn(await api.fetchUsersByQuery({ pageNumber: 9 }))).toEqual([]);
      expect(emailsIn(await api.fetchUsersByQuery({ emailOrUsername: 'BO' }))).toEqual([
        'bob@example.com',
      ]);
      expect(emailsIn(await api.fetchUsersByQuery({ legacyUserId: 'old' }))).toEqual([]);
    });

    it.each([{ pageSize: 0 }, { pageSize: 101 }, { pageSize: 1.5 }, { pageNumber: -1 }])(
      'reject the page %j',
      async (query) => {
        await expect(api.fetchUsersByQuery(query)).rejects.toHaveProperty(
          'cause.message',
          expect.stringMatching(/^Invalid query/),
        );
        await expect(api.fetchOrgByQuery(query)).rejects.toHaveProperty(
          'cause.message',
          expect.stringMatching(/^Invalid query/),
        );
        await expect(api.fetchUsersInOrg({ orgId: acme, ...query })).rejects.toHaveProperty(
          'cause.message',
          expect.stringMatching(/^Invalid query/),
        );
      },
    );
  });

  describe('organizations', () => {
    it('are created, found and updated', async () => {
      const { orgId } = await api.createOrg({ name: 'Globex', domain: 'globex.com', maxUsers: 5 });
      expect(orgId).toBe(issuer.orgId('Globex'));
      await api.updateOrg({
        orgId,
        name: 'Globex Corp',
        metadata: { tier: 2 },
        canJoinOnEmailDomainMatch: true,
        extraDomains: ['globex.org'],
      });
      await api.allowOrgToSetupSamlConnection(orgId);
      expect(await api.fetchOrg(orgId)).toMatchObject({
        orgId,
        name: 'Globex Corp',
        domain: 'globex.com',
        maxUsers: 5,
        metadata: { tier: 2 },
        domainAutojoin: true,
        domainRestrict: false,
        extraDomains: ['globex.org'],
        canSetupSaml: true,
      });
      await api.disallowOrgToSetupSamlConnection(orgId);
      expect(await api.fetchOrg(orgId)).toHaveProperty('canSetupSaml', false);
    });

    it('with the same name have different ids', async () => {
      const { orgId } = await api.createOrg({ name: 'Acme Inc' });
      expect(orgId).not.toBe(acme);
      expect(await api.fetchOrg(orgId)).toHaveProperty('name', 'Acme Inc');
    });

    it('are listed', async () => {
      await api.createOrg({ name: 'Globex', domain: 'globex.com', legacyOrgId: 'old-globex' });
      const all = await api.fetchOrgByQuery({ orderBy: 'NAME' });
      expect(all).toMatchObject({ totalOrgs: 2, currentPage: 0, hasMoreResults: false });
      expect(all.orgs.map(({ name }) => name)).toEqual(['Acme Inc', 'Globex']);
      for (const query of [
        { name: 'glo' },
        { domain: 'globex.com' },
        { legacyOrgId: 'old-globex' },
      ]) {
        const { orgs } = await api.fetchOrgByQuery(query);
        expect(orgs.map(({ name }) => name)).toEqual(['Globex']);
      }
    });

    it('are listed for requests with a query, as those with a body', async () => {
      await api.createOrg({ name: 'Globex' });
      const listed = await sendTo(emulator, 'POST', '/org/query', { name: 'glo', page_size: 1 });
      expect(listed).toMatchObject([200, { total_orgs: 1, orgs: [{ name: 'Globex' }] }]);
      expect(await sendTo(emulator, 'GET', '/org/query?name=glo&page_size=1')).toEqual(listed);
      expect(await sendTo(emulator, 'GET', '/org/query?page_size=0')).toMatchObject([
        400,
        { page_size: [expect.any(String)] },
      ]);
    });

    it('reject invalid names and settings', async () => {
      await expectException(vendor.CreateOrgException, ['name'], () => api.createOrg({ name: '' }));
      await expectException(vendor.CreateOrgException, ['max_users'], () =>
        api.createOrg({ name: 'Globex', maxUsers: -1 }),
      );
      await expectException(vendor.UpdateOrgException, ['name'], () =>
        api.updateOrg({ orgId: acme, name: ' ' }),
      );
    });

    it('that do not exist return null or false', async () => {
      expect(await api.fetchOrg(NO_ORG)).toBeNull();
      expect(await api.fetchOrg('no-uuid')).toBeNull();
      expect(await api.updateOrg({ orgId: NO_ORG, name: 'x' })).toBe(false);
      expect(await api.deleteOrg(NO_ORG)).toBe(false);
      expect(await api.allowOrgToSetupSamlConnection(NO_ORG)).toBe(false);
    });

    it('are removed with their members, invitations and keys when deleted', async () => {
      const { apiKeyToken } = await api.createApiKey({ orgId: acme });
      await api.inviteUserToOrg({ orgId: acme, email: 'bob@example.com', role: 'Member' });
      expect(await api.deleteOrg(acme)).toBe(true);
      expect(await api.fetchOrg(acme)).toBeNull();
      expect(await api.fetchUserMetadataByUserId(alice, true)).toHaveProperty('orgIdToOrgInfo', {});
      expect(await api.fetchPendingInvites()).toHaveProperty('totalInvites', 0);
      await expect(api.validateApiKey(apiKeyToken)).rejects.toMatchObject({
        cause: expect.any(vendor.ApiKeyValidateException),
      });
    });
  });

  describe('members', () => {
    let bob: string;

    beforeEach(() => {
      bob = emulator.addUser({ email: 'bob@example.com' });
    });

    it('are added, change their role and are removed', async () => {
      await api.addUserToOrg({ userId: bob, orgId: acme, role: 'Member' });
      expect(await roleOf(bob, acme, api)).toEqual(['Member', ['Member']]);
      await api.changeUserRoleInOrg({ userId: bob, orgId: acme, role: 'Admin' });
      expect(await roleOf(bob, acme, api)).toEqual(['Admin', ['Admin', 'Member']]);
      expect(await api.removeUserFromOrg({ userId: bob, orgId: acme })).toBe(true);
      expect(await roleOf(bob, acme, api)).toEqual([undefined, undefined]);
    });

    it('inherit no roles in an organization with several roles, even after changes', async () => {
      const carol = emulator.addUser({
        email: 'carol@example.com',
        orgs: [{ orgName: 'Guild', role: 'Admin', additionalRoles: ['Member'] }],
      });
      const guild = issuer.orgId('Guild');
      await api.changeUserRoleInOrg({ userId: carol, orgId: guild, role: 'Owner' });
      await api.addUserToOrg({ userId: bob, orgId: guild, role: 'Admin' });
      expect(await roleOf(carol, guild, api)).toEqual(['Owner', ['Owner']]);
      expect(await roleOf(bob, guild, api)).toEqual(['Admin', ['Admin']]);
    });

    it('get the permissions of their role', async () => {
      await api.addUserToOrg({ userId: bob, orgId: acme, role: 'Owner' });
      const user = await api.fetchUserMetadataByUserId(bob, true);
      expect(user?.orgIdToOrgInfo?.[acme]?.permissions).toEqual(['can_view_billing']);
    });

    it('are listed, by role on request', async () => {
      await api.addUserToOrg({
        userId: bob,
        orgId: acme,
        role: 'Member',
        additionalRoles: ['Admin'],
      });
      const everybody = await api.fetchUsersInOrg({ orgId: acme, includeOrgs: true });
      expect(everybody).toMatchObject({ totalUsers: 2, hasMoreResults: false });
      expect(everybody.users).toMatchObject([
        { userId: alice, roleInOrg: 'Owner', additionalRolesInOrg: [] },
        { userId: bob, roleInOrg: 'Member', additionalRolesInOrg: ['Admin'] },
      ]);
      const admins = await api.fetchUsersInOrg({ orgId: acme, role: 'Admin' });
      expect(admins.users.map(({ userId }) => userId)).toEqual([bob]);
      expect(await api.fetchUsersInOrg({ orgId: NO_ORG })).toHaveProperty('totalUsers', 0);
      expect(await api.fetchUsersInOrg({ orgId: 'no-uuid' })).toHaveProperty('totalUsers', 0);
    });

    it('that do not exist return false', async () => {
      const role = 'Member';
      expect(await api.addUserToOrg({ userId: NOBODY, orgId: acme, role })).toBe(false);
      expect(await api.addUserToOrg({ userId: bob, orgId: NO_ORG, role })).toBe(false);
      expect(await api.changeUserRoleInOrg({ userId: bob, orgId: acme, role })).toBe(false);
      expect(await api.removeUserFromOrg({ userId: bob, orgId: acme })).toBe(false);
    });

    it('are not added twice, nor with unknown roles', async () => {
      await expectException(vendor.AddUserToOrgException, ['user_id'], () =>
        api.addUserToOrg({ userId: alice, orgId: acme, role: 'Admin' }),
      );
      await expectException(vendor.AddUserToOrgException, ['role'], () =>
        api.addUserToOrg({ userId: bob, orgId: acme, role: 'Admn' }),
      );
      await expectException(vendor.ChangeUserRoleInOrgException, ['additional_roles'], () =>
        api.changeUserRoleInOrg({
          userId: alice,
          orgId: acme,
          role: 'Admin',
          additionalRoles: ['Admn'],
        }),
      );
    });

    it('are invited by email address or id, until the invitation is revoked', async () => {
      await api.inviteUserToOrg({ orgId: acme, email: 'carol@example.com', role: 'Member' });
      await api.inviteUserToOrg({ orgId: acme, email: 'Carol@example.com', role: 'Admin' });
      await api.inviteUserToOrgByUserId({ orgId: acme, userId: bob, role: 'Member' });
      const { invites, totalInvites } = await api.fetchPendingInvites({ orgId: acme });
      expect(totalInvites).toBe(2);
      expect(invites).toMatchObject([
        { inviteeEmail: 'Carol@example.com', orgId: acme, orgName: 'Acme Inc', roleInOrg: 'Admin' },
        { inviteeEmail: 'bob@example.com', roleInOrg: 'Member', additionalRolesInOrg: [] },
      ]);
      const invite = { orgId: acme, inviteeEmail: 'carol@example.com' };
      expect(await api.revokePendingOrgInvite(invite)).toBe(true);
      expect(await api.revokePendingOrgInvite(invite)).toBe(false);
      expect(await api.fetchPendingInvites({ orgId: NO_ORG })).toHaveProperty('totalInvites', 0);
    });

    it('are not invited if they are already members, or with invalid values', async () => {
      const role = 'Member';
      await expectException(vendor.BadRequestException, ['email'], () =>
        api.inviteUserToOrg({ orgId: acme, email: 'alice@example.com', role }),
      );
      await expectException(vendor.BadRequestException, ['role'], () =>
        api.inviteUserToOrg({ orgId: acme, email: 'x@example.com', role: 'Admn' }),
      );
      expect(await api.inviteUserToOrg({ orgId: NO_ORG, email: 'x@example.com', role })).toBe(
        false,
      );
      expect(await api.inviteUserToOrgByUserId({ orgId: acme, userId: NOBODY, role })).toBe(false);
    });
  });

  describe('end-user API keys', () => {
    it('are created, and return their owner', async () => {
      const personal = await api.createApiKey({ userId: alice, metadata: { scope: 'read' } });
      expect(personal.apiKeyId).toMatch(/^[0-9a-f]{32}$/);
      expect(await api.validatePersonalApiKey(personal.apiKeyToken)).toMatchObject({
        user: { userId: alice, email: 'alice@example.com' },
        metadata: { scope: 'read' },
      });
      const shared = await api.createApiKey({ orgId: acme, userId: alice });
      const validation = await api.validateOrgApiKey(`Bearer ${shared.apiKeyToken}`);
      expect(validation).toMatchObject({ org: { orgId: acme, name: 'Acme Inc' } });
      expect(validation.userInOrg).toBeInstanceOf(vendor.OrgMemberInfo);
      expect(validation.userInOrg?.assignedRole).toBe('Owner');
    });

    it('of one kind are not valid as the other', async () => {
      const personal = await api.createApiKey({ userId: alice });
      const shared = await api.createApiKey({ orgId: acme });
      await expectException(vendor.ApiKeyValidateException, ['api_key_token'], () =>
        api.validateOrgApiKey(personal.apiKeyToken),
      );
      await expectException(vendor.ApiKeyValidateException, ['api_key_token'], () =>
        api.validatePersonalApiKey(shared.apiKeyToken),
      );
    });

    it('that are unknown, deleted or expired are rejected', async () => {
      const expiresAtSeconds = Math.floor(Date.now() / 1000) + 60;
      const expiring = await api.createApiKey({ userId: alice, expiresAtSeconds });
      const deleted = await api.createApiKey({ userId: alice });
      expect(await api.deleteApiKey(deleted.apiKeyId)).toBe(true);
      expect(await api.deleteApiKey(deleted.apiKeyId)).toBe(false);
      const now = jest.spyOn(Date, 'now').mockReturnValue((expiresAtSeconds + 1) * 1000);
      try {
        for (const token of ['unknown', deleted.apiKeyToken, expiring.apiKeyToken]) {
          await expectException(vendor.ApiKeyValidateException, ['api_key_token'], () =>
            api.validateApiKey(token),
          );
        }
        expect(await api.fetchArchivedApiKeys({ userId: alice })).toHaveProperty('totalApiKeys', 2);
        expect(await api.fetchCurrentApiKeys({ userId: alice })).toHaveProperty('totalApiKeys', 0);
      } finally {
        now.mockRestore();
      }
    });

    it('of a blocked user are rejected, while those of an organization stay valid', async () => {
      const personal = await api.createApiKey({ userId: alice });
      const shared = await api.createApiKey({ userId: alice, orgId: acme });
      await api.disableUser(alice);
      await expectException(vendor.ApiKeyValidateException, ['api_key_token'], () =>
        api.validateApiKey(personal.apiKeyToken),
      );
      expect(await api.validateApiKey(shared.apiKeyToken)).toMatchObject({ org: { orgId: acme } });
      await api.enableUser(alice);
      expect(await api.validateApiKey(personal.apiKeyToken)).toHaveProperty('user.userId', alice);
    });

    it('stay valid, under their ids, when a key of a deleted user is gone', async () => {
      const bob = emulator.addUser({ email: 'bob@example.com' });
      await api.createApiKey({ userId: bob });
      const kept = await api.createApiKey({ userId: alice });
      await api.deleteUser(bob);
      const created = await api.createApiKey({ userId: alice });
      expect(created.apiKeyId).not.toBe(kept.apiKeyId);
      expect(await api.validateApiKey(kept.apiKeyToken)).toHaveProperty('user.userId', alice);
    });

    it('are listed without the key itself', async () => {
      const { apiKeyId, apiKeyToken } = await api.createApiKey({
        userId: alice,
        displayName: 'laptop',
      });
      await api.createApiKey({ orgId: acme });
      const page = await api.fetchCurrentApiKeys({ userEmail: 'alice@example.com' });
      expect(page).toMatchObject({
        totalApiKeys: 1,
        currentPage: 0,
        hasMoreResults: false,
        apiKeys: [{ apiKeyId, userId: alice, displayName: 'laptop', metadata: {} }],
      });
      expect(JSON.stringify(page)).not.toContain(apiKeyToken);
      expect(await api.fetchCurrentApiKeys({ orgId: acme })).toHaveProperty('totalApiKeys', 1);
      expect(await api.fetchCurrentApiKeys({ userEmail: 'x@y.z' })).toHaveProperty(
        'totalApiKeys',
        0,
      );
      expect(await api.fetchApiKey(apiKeyId)).toMatchObject({ apiKeyId, displayName: 'laptop' });
    });

    it('are updated', async () => {
      const { apiKeyId } = await api.createApiKey({ userId: alice });
      const expiresAtSeconds = Math.floor(Date.now() / 1000) + 60;
      await api.updateApiKey(apiKeyId, { expiresAtSeconds });
      expect(await api.fetchApiKey(apiKeyId)).toMatchObject({ expiresAtSeconds });
      await api.updateApiKey(apiKeyId, { setToNeverExpire: true });
      expect(await api.fetchApiKey(apiKeyId)).not.toHaveProperty('expiresAtSeconds');
      await expectException(vendor.ApiKeyUpdateException, ['expires_at_seconds'], () =>
        api.updateApiKey(apiKeyId, { expiresAtSeconds: 1 }),
      );
    });

    it('without an owner are generic, and have metadata alone', async () => {
      const metadata = { scope: 'read' };
      const { apiKeyToken } = await api.createApiKey({ metadata });
      expect(await api.validateApiKey(apiKeyToken)).toStrictEqual({ metadata });
      expect(await api.validateApiKey(emulator.createApiKey({}))).toStrictEqual({ metadata: {} });
    });

    it('are imported by tests and by seeds', async () => {
      const seed = { apiKeys: [{ key: 'seeded', imported: true }, { key: 'generic' }] };
      const seeded = await createEmulator({ seed });
      const key = seeded.createApiKey({ importedApiKey: 'by a test', metadata: { scope: 'read' } });
      expect(key).toBe('by a test');
      const valid = { imported: ['seeded', key], own: ['generic'] };
      const { authUrl, apiKey: integrationKey } = seeded.issuer;
      const options = { authUrl, apiKey: integrationKey };
      const vendorApi = createPropelAuthApi(new ResolvedOptions(options, seeded.fetch));
      for (const apiKey of valid.imported) {
        expect(await vendorApi.validateImportedApiKey(apiKey)).toHaveProperty('metadata');
        await expect(vendorApi.validateApiKey(apiKey)).rejects.toThrow(PropelAuthApiError);
      }
      for (const apiKey of valid.own) {
        expect(await vendorApi.validateApiKey(apiKey)).toHaveProperty('metadata');
        await expect(vendorApi.validateImportedApiKey(apiKey)).rejects.toThrow(PropelAuthApiError);
      }
      for (const importedApiKey of ['', key, 'generic']) {
        expect(() => seeded.createApiKey({ importedApiKey })).toThrow(EmulatorError);
      }
      await seeded.close();
    });

    it('that were created elsewhere are imported', async () => {
      await api.importApiKey({ importedApiKey: 'sk_old', userId: alice });
      expect(await api.validateImportedApiKey('sk_old')).toMatchObject({ user: { userId: alice } });
      await expect(api.validateApiKey('sk_old')).rejects.toMatchObject({
        cause: expect.any(vendor.ApiKeyValidateException),
      });
      await expectException(vendor.ApiKeyImportException, ['imported_api_key'], () =>
        api.importApiKey({ importedApiKey: 'sk_old' }),
      );
    });

    it.each([
      ['user_id', { userId: NOBODY }],
      ['org_id', { orgId: NO_ORG }],
      ['expires_at_seconds', { expiresAtSeconds: 1 }],
    ])('are not created with an invalid %s', async (field, key) => {
      await expectException(vendor.ApiKeyCreateException, [field], () => api.createApiKey(key));
    });

    it('are not created for a user in an organization that the user is not in', async () => {
      const bob = emulator.addUser({ email: 'bob@example.com' });
      await expectException(vendor.ApiKeyCreateException, ['user_id'], () =>
        api.createApiKey({ userId: bob, orgId: acme }),
      );
    });

    it('of a user in an organization end when the user leaves it, and no others', async () => {
      const ended = await api.createApiKey({ userId: alice, orgId: acme });
      const others = [
        await api.createApiKey({ userId: alice }),
        await api.createApiKey({ orgId: acme }),
      ];
      expect(await api.removeUserFromOrg({ userId: alice, orgId: acme })).toBe(true);
      await expectException(vendor.ApiKeyValidateException, ['api_key_token'], () =>
        api.validateApiKey(ended.apiKeyToken),
      );
      for (const { apiKeyToken } of others) await api.validateApiKey(apiKeyToken);
      await api.addUserToOrg({ userId: alice, orgId: acme, role: 'Member' });
      await expect(api.validateApiKey(ended.apiKeyToken)).rejects.toThrow('api_key_token');
      const { apiKeys } = await api.fetchArchivedApiKeys({ orgId: acme });
      expect(apiKeys.map(({ apiKeyId }) => apiKeyId)).toEqual([ended.apiKeyId]);
    });
  });

  describe('requests of clients in other languages', () => {
    it('leave what is null as it is', async () => {
      const settings = { domain: 'acme.com', max_users: 5, autojoin_by_domain: true };
      await sendTo(emulator, 'PUT', `/org/${acme}`, settings);
      const nothing = Object.fromEntries(Object.keys(settings).map((name) => [name, null]));
      expect(await sendTo(emulator, 'PUT', `/org/${acme}`, { ...nothing, name: 'Acme' })).toEqual([
        200,
        {},
      ]);
      expect(await api.fetchOrg(acme)).toMatchObject({
        name: 'Acme',
        domain: 'acme.com',
        maxUsers: 5,
        domainAutojoin: true,
      });
    });

    it.each([
      ['/user/', { email: 'bob@example.com', email_confirmed: 'yes' }, 'email_confirmed'],
      ['/user/', { username: 'bob' }, 'email'],
      ['/org/', { name: 'Globex', max_users: '5' }, 'max_users'],
      ['/org/query', { name: ['Globex'] }, 'name'],
      ['/end_user_api_keys', { user_id: 7 }, 'user_id'],
      ['/magic_link', { email: 'alice@example.com', expires_in_hours: 1.5 }, 'expires_in_hours'],
    ])('to %s are rejected with %j', async (path, body, field) => {
      expect(await sendTo(emulator, 'POST', path, body)).toEqual([
        400,
        { [field]: [expect.any(String)] },
      ]);
    });
  });

  describe('access tokens and magic links', () => {
    it('are signed by the issuer for the current state of the user', async () => {
      await api.changeUserRoleInOrg({ userId: alice, orgId: acme, role: 'Member' });
      const { access_token: token } = await api.createAccessToken({
        userId: alice,
        durationInMinutes: 10,
        activeOrgId: acme,
      });
      const { iss, iat, exp, ...claims } = decodeJwt(token);
      expect([iss, exp! - iat!]).toEqual([issuer.authUrl, 600]);
      expect(claims).toMatchObject({
        user_id: alice,
        email: 'alice@example.com',
        login_method: { login_method: 'generated_from_backend_api' },
        org_member_info: { org_id: acme, user_role: 'Member' },
      });
    });

    it('are not created for unknown users', async () => {
      for (const userId of [NOBODY, 'no-uuid']) {
        const outcome = await outcomeOf(() =>
          api.createAccessToken({ userId, durationInMinutes: 10 }),
        );
        expect(outcome).toBeInstanceOf(vendor.UserNotFoundException);
      }
    });

    it('are not created for other organizations, without a duration, or for disabled users', async () => {
      const create = (more: object) => () =>
        api.createAccessToken({ userId: alice, durationInMinutes: 10, ...more });
      const exception = vendor.AccessTokenCreationException;
      await expectException(exception, ['active_org_id'], create({ activeOrgId: NO_ORG }));
      await expectException(exception, ['duration_in_minutes'], create({ durationInMinutes: 0 }));
      await api.disableUser(alice);
      await expectException(exception, ['user_id'], create({}));
    });

    it('link to the auth URL, and can be created for new users', async () => {
      const { url } = await api.createMagicLink({ email: 'alice@example.com' });
      expect(new URL(url).origin).toBe(issuer.authUrl);
      const email = 'new@example.com';
      await expectException(vendor.MagicLinkCreationException, ['email'], () =>
        api.createMagicLink({ email }),
      );
      await api.createMagicLink({ email, createNewUserIfOneDoesntExist: true });
      expect(await api.fetchUserMetadataByEmail(email)).not.toBeNull();
    });

    it('are verified with the key that the API returns', async () => {
      expect(await api.fetchTokenVerificationMetadata()).toEqual({
        verifierKey: issuer.verifierKey,
        issuer: issuer.authUrl,
      });
    });
  });

  describe('step-up MFA', () => {
    const CHALLENGE = {
      actionType: 'DELETE_ORG',
      code: Emulator.TOTP_CODE,
      grantType: vendor.StepUpMfaGrantType.ONE_TIME_USE,
      validForSeconds: 60,
    };

    it('returns a one-time grant for a code, and accepts the grant once', async () => {
      const { stepUpGrant: grant } = await api.verifyStepUpTotpChallenge({
        ...CHALLENGE,
        userId: alice,
      });
      const request = { userId: alice, actionType: 'DELETE_ORG', grant };
      expect(await api.verifyStepUpGrant(request)).toEqual({ success: true });
      expect(await api.verifyStepUpGrant(request)).toEqual({ success: false });
    });

    it('accepts a time-based grant until it has expired', async () => {
      const grant = emulator.grantStepUp({
        userId: alice,
        actionType: 'DELETE_ORG',
        oneTimeUse: false,
        validForSeconds: 60,
      });
      const request = { userId: alice, actionType: 'DELETE_ORG', grant };
      expect(await api.verifyStepUpGrant(request)).toEqual({ success: true });
      expect(await api.verifyStepUpGrant(request)).toEqual({ success: true });
      const now = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 61_000);
      try {
        expect(await api.verifyStepUpGrant(request)).toEqual({ success: false });
      } finally {
        now.mockRestore();
      }
    });

    it('forgets grants that have expired', async () => {
      const grant = { userId: alice, actionType: 'DELETE_ORG', validForSeconds: -1 };
      for (let count = 0; count < 10; count++) emulator.grantStepUp(grant);
      expect(emulator.core.project.grants.size).toBe(1);
    });

    it('rejects a grant of another user, for another action, or an unknown one', async () => {
      const grant = emulator.grantStepUp({ userId: alice, actionType: 'DELETE_ORG' });
      const good = { userId: alice, actionType: 'DELETE_ORG', grant };
      for (const wrong of [{ userId: NOBODY }, { actionType: 'PAY' }, { grant: 'unknown' }]) {
        expect(await api.verifyStepUpGrant({ ...good, ...wrong })).toEqual({ success: false });
      }
      expect(await api.verifyStepUpGrant(good)).toEqual({ success: true });
    });

    it('fails as PropelAuth’s client documents', async () => {
      const bob = emulator.addUser({ email: 'bob@example.com' });
      const failures = [
        [{ userId: NOBODY }, vendor.UserNotFoundException],
        [{ userId: bob }, vendor.MfaNotEnabledException],
        [{ code: '000000' }, vendor.IncorrectMfaCodeException],
        [{ validForSeconds: 0 }, vendor.InvalidRequestFieldsException],
      ] as const;
      for (const [wrong, exception] of failures) {
        const request = { ...CHALLENGE, userId: alice, ...wrong };
        expect(await outcomeOf(() => api.verifyStepUpTotpChallenge(request))).toBeInstanceOf(
          exception,
        );
      }
    });
  });
});

async function sendTo(
  { fetch, issuer }: TestEmulator,
  method: string,
  path: string,
  body?: object,
): Promise<unknown> {
  const response = await fetch(`${issuer.authUrl}/api/backend/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${issuer.apiKey}` },
    body: JSON.stringify(body),
  });
  return [response.status, await response.json()];
}

async function roleOf(userId: string, orgId: string, api: PropelAuthApi) {
  const user = await api.fetchUserMetadataByUserId(userId, true);
  const membership = user?.orgIdToOrgInfo?.[orgId];
  return [membership?.assignedRole, membership?.inheritedRolesPlusCurrentRole];
}

function emailsIn({ users }: vendor.UsersPagedResponse): string[] {
  return users.map(({ email }) => email);
}

async function expectException(
  exception: new (message: string) => Error,
  fields: string[],
  call: () => Promise<unknown>,
): Promise<void> {
  const outcome = await outcomeOf(call);
  expect(outcome).toBeInstanceOf(exception);
  expect(Object.keys((outcome as { fieldToErrors: object }).fieldToErrors)).toEqual(fields);
}

/** What a call returns, or what PropelAuth's client threw. */
async function outcomeOf(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof PropelAuthApiError) return error.cause;
    throw error;
  }
}
