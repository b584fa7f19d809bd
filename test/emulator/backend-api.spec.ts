import * as vendor from '@propelauth/node-apis';
import { decodeJwt } from 'jose';
import { PropelAuthApiError, type PropelAuthApi } from 'nestjs-propelauth';
import { createEmulator, createSecrets, Emulator, EmulatorError } from 'propelauth-emulator';
import { ResolvedOptions } from '../../lib/options/resolved-options.js';
import { createPropelAuthApi } from '../../lib/propelauth/api/propel-auth-api.js';
import { stopClock } from '../support/fake-timers.js';

const NOW = 1_800_000_000;
const ALICE = 'a11ce000-0000-4000-8000-000000000001';
const BOB = 'b0b00000-0000-4000-8000-000000000002';
const CAROL = 'ca401000-0000-4000-8000-000000000003';
const ACME = 'acce0000-0000-4000-8000-000000000000';
const GUILD = '9417d000-0000-4000-8000-000000000000';
const NOBODY = '00000000-0000-4000-8000-000000000000';
const NO_ORG = NOBODY;
const ALICES_EMAIL = 'alice@example.com';
const BOBS_EMAIL = 'bob@example.com';
// Making keys takes longer than a test.
const SECRETS = await createSecrets();
const VENDOR_FUNCTIONS = Object.keys(vendor.getApis(new URL('https://auth.example.com'), 'key'));

const SEED = {
  roles: [{ name: 'Owner', permissions: ['can_view_billing'] }, 'Admin', 'Member'],
  orgs: [
    { name: 'Acme Inc', orgId: ACME },
    { name: 'Guild', orgId: GUILD },
  ],
  users: [
    {
      name: 'alice',
      userId: ALICE,
      firstName: 'Alice',
      properties: { plan: 'pro' },
      mfaEnabled: true,
      orgs: [{ org: 'Acme Inc', role: 'Owner' }],
    },
    { name: 'bob', userId: BOB },
    {
      name: 'carol',
      userId: CAROL,
      orgs: [{ org: 'Guild', role: 'Admin', additionalRoles: ['Member'] }],
    },
  ],
};

async function start(seed: object = SEED): Promise<{ emulator: Emulator; api: PropelAuthApi }> {
  const emulator = await createEmulator({ seed, secrets: SECRETS });
  const { authUrl, apiKey } = emulator.issuer;
  const api = createPropelAuthApi(new ResolvedOptions({ authUrl, apiKey }, emulator.fetch));
  return { emulator, api };
}

/** A call of PropelAuth's client, and a part of what it returns, or the exception and its fields. */
type Call = readonly [name: keyof PropelAuthApi, args: readonly unknown[], outcome: unknown];

/** What a call returns, or the exception of PropelAuth's client, with the names of the fields that are wrong. */
async function outcomeOf(api: PropelAuthApi, [name, args]: Call): Promise<unknown> {
  const call = api[name] as (...given: readonly unknown[]) => Promise<unknown>;
  try {
    return await call(...args);
  } catch (error) {
    if (!(error instanceof PropelAuthApiError)) throw error;
    const { constructor, message, fieldToErrors } = error.cause as vendor.CreateUserException;
    const fields = fieldToErrors && Object.keys(fieldToErrors).join(' ');
    return [constructor.name.replace('Exception', ''), fields ?? message].join(': ');
  }
}

async function expectCalls(api: PropelAuthApi, calls: readonly Call[]): Promise<void> {
  for (const call of calls) {
    const [name, args, expected] = call;
    const outcome = await outcomeOf(api, call);
    expect({ name, args, outcome }).toMatchObject({ name, args, outcome: expected });
  }
}

const DONE = {};
const INVALID_QUERY = expect.stringMatching(/^Error: Invalid query/);
const NO_USER = expect.stringMatching(/^UserNotFound: /);
const member = (role: string, ...inherited: string[]) => ({
  assignedRole: role,
  inheritedRolesPlusCurrentRole: [role, ...inherited],
});
const roleOf = (userId: string, orgId: string, membership: object): Call => [
  'fetchUserMetadataByUserId',
  [userId, true],
  { orgIdToOrgInfo: { [orgId]: membership } },
];
const membersOf = (orgId: string, ...users: object[]): Call => [
  'fetchUsersInOrg',
  [{ orgId }],
  { totalUsers: users.length, users },
];
const usersFor = (query: object, ...names: string[]): Call => [
  'fetchUsersByQuery',
  [query],
  { users: names.map((username) => ({ username })) },
];
const orgsFor = (query: object, ...names: string[]): Call => [
  'fetchOrgByQuery',
  [query],
  { totalOrgs: names.length, orgs: names.map((name) => ({ name })) },
];

const USERS: Record<string, Call[]> = {
  'are found in batches, without unknown users': [
    ['fetchBatchUserMetadataByUserIds', [[ALICE, ALICE, NOBODY]], { [ALICE]: { userId: ALICE } }],
    [
      'fetchBatchUserMetadataByEmails',
      [[ALICES_EMAIL, 'x@y.z'], true],
      { [ALICES_EMAIL]: { orgIdToOrgInfo: { [ACME]: { orgName: 'Acme Inc' } } } },
    ],
    ['fetchBatchUserMetadataByUsernames', [['alice']], { alice: { userId: ALICE } }],
  ],
  'are null if they do not exist': [
    ['fetchUserMetadataByUserId', [NOBODY], null],
    ['fetchUserMetadataByUserId', ['no-uuid'], null],
    ['fetchUserMetadataByEmail', ['nobody@example.com'], null],
    ['fetchUserMfaMethods', [NOBODY], null],
    ['fetchUserSignupQueryParams', [NOBODY], null],
  ],
  'are not created with invalid fields': [
    ['createUser', [{ email: 'no-address' }], 'CreateUser: email'],
    ['createUser', [{ email: 'ALICE@example.com' }], 'CreateUser: email'],
    ['createUser', [{ email: 'x@y.zz', username: 'Alice' }], 'CreateUser: username'],
    ['createUser', [{ email: 'x@y.zz', password: '' }], 'CreateUser: password'],
    ['createUser', [{ email: 'x@y.zz', firstName: 7 }], 'CreateUser: first_name'],
    [
      'migrateUserFromExternalSource',
      [{ email: ALICES_EMAIL, emailConfirmed: true }],
      'MigrateUser: email',
    ],
    [
      'migrateUserPassword',
      [{ userId: NOBODY, passwordHash: '$2a$…' }],
      expect.stringMatching(/^MigrateUserPassword: /),
    ],
    [
      'migrateUserPassword',
      [{ userId: ALICE, passwordHash: '' }],
      expect.stringMatching(/^MigrateUserPassword: /),
    ],
  ],
  'are updated': [
    [
      'updateUserMetadata',
      [
        ALICE,
        {
          lastName: 'Archer',
          username: 'alice',
          metadata: { note: 1 },
          properties: { seats: 3 },
          legacyUserId: 'old-alice',
        },
      ],
      true,
    ],
    ['updateUserEmail', [ALICE, { newEmail: 'a@x.yz', requireEmailConfirmation: false }], true],
    ['updateUserPassword', [ALICE, { password: 'hunter22' }], true],
    ['enableUserCanCreateOrgs', [ALICE], true],
    ['disableUser2fa', [ALICE], true],
    ['disableUser', [ALICE], true],
    [
      'fetchUserMetadataByUserId',
      [ALICE],
      {
        email: 'a@x.yz',
        firstName: 'Alice',
        lastName: 'Archer',
        legacyUserId: 'old-alice',
        metadata: { note: 1 },
        properties: { plan: 'pro', seats: 3 },
        hasPassword: true,
        canCreateOrgs: true,
        mfaEnabled: false,
        enabled: false,
      },
    ],
    ['enableUser', [ALICE], true],
    ['clearUserPassword', [ALICE], true],
    ['disableUserCanCreateOrgs', [ALICE], true],
    [
      'fetchUserMetadataByUserId',
      [ALICE],
      { hasPassword: false, canCreateOrgs: false, enabled: true },
    ],
  ],
  'keep their email address until they have confirmed another': [
    ['updateUserEmail', [ALICE, { newEmail: 'a@x.yz', requireEmailConfirmation: true }], true],
    ['fetchUserMetadataByUserId', [ALICE], { email: ALICES_EMAIL }],
  ],
  'reject invalid updates': [
    ['updateUserMetadata', [ALICE, { username: 'bob' }], 'UpdateUserMetadata: username'],
    [
      'updateUserEmail',
      [ALICE, { newEmail: BOBS_EMAIL, requireEmailConfirmation: false }],
      'UpdateUserEmail: new_email',
    ],
    ['updateUserPassword', [ALICE, { password: ' ' }], 'UpdateUserPassword: password'],
  ],
  'are listed in pages': [
    ['createUser', [{ email: 'dave@example.com', username: 'dave' }], DONE],
    [
      'fetchUsersByQuery',
      [{ pageSize: 3, orderBy: 'EMAIL' }],
      { totalUsers: 4, currentPage: 0, pageSize: 3, hasMoreResults: true },
    ],
    usersFor({ pageSize: 3, orderBy: 'EMAIL' }, 'alice', 'bob', 'carol'),
    usersFor({ pageSize: 3, pageNumber: 1, orderBy: 'EMAIL' }, 'dave'),
    ['fetchUsersByQuery', [{ pageSize: 3, pageNumber: 1 }], { hasMoreResults: false }],
    usersFor({ pageNumber: 9 }),
    usersFor({ emailOrUsername: 'BO' }, 'bob'),
    usersFor({ legacyUserId: 'old' }),
  ],
  'are listed in pages that exist': [
    { pageSize: 0 },
    { pageSize: 101 },
    { pageSize: 1.5 },
    { pageNumber: -1 },
  ].flatMap((query): Call[] => [
    ['fetchUsersByQuery', [query], INVALID_QUERY],
    ['fetchOrgByQuery', [query], INVALID_QUERY],
    ['fetchUsersInOrg', [{ orgId: ACME, ...query }], INVALID_QUERY],
  ]),
  'that do not exist return false': (
    [
      'disableUser',
      'enableUser',
      'disableUser2fa',
      'resendEmailConfirmation',
      'enableUserCanCreateOrgs',
      'disableUserCanCreateOrgs',
      'logoutAllUserSessions',
      'deleteUser',
    ] as const
  ).flatMap((name): Call[] => [NOBODY, 'no-uuid'].map((userId) => [name, [userId], false])),
};

const ORGS: Record<string, Call[]> = {
  'are listed': [
    ['createOrg', [{ name: 'Globex', domain: 'globex.com', legacyOrgId: 'old-globex' }], DONE],
    ['fetchOrgByQuery', [{}], { totalOrgs: 3, currentPage: 0, hasMoreResults: false }],
    orgsFor({ orderBy: 'NAME' }, 'Acme Inc', 'Globex', 'Guild'),
    orgsFor({ name: 'glo' }, 'Globex'),
    orgsFor({ domain: 'globex.com' }, 'Globex'),
    orgsFor({ legacyOrgId: 'old-globex' }, 'Globex'),
  ],
  'reject invalid names and settings': [
    ['createOrg', [{ name: '' }], 'CreateOrg: name'],
    ['createOrg', [{ name: 'Globex', maxUsers: -1 }], 'CreateOrg: max_users'],
    ['updateOrg', [{ orgId: ACME, name: ' ' }], 'UpdateOrg: name'],
  ],
  'that do not exist return null or false': [
    ['fetchOrg', [NO_ORG], null],
    ['fetchOrg', ['no-uuid'], null],
    ['updateOrg', [{ orgId: NO_ORG, name: 'x' }], false],
    ['deleteOrg', [NO_ORG], false],
    ['allowOrgToSetupSamlConnection', [NO_ORG], false],
  ],
};

const MEMBERS: Record<string, Call[]> = {
  'are added, change their role, with its permissions, and are removed': [
    ['addUserToOrg', [{ userId: BOB, orgId: ACME, role: 'Member' }], true],
    roleOf(BOB, ACME, member('Member')),
    ['changeUserRoleInOrg', [{ userId: BOB, orgId: ACME, role: 'Admin' }], true],
    roleOf(BOB, ACME, member('Admin', 'Member')),
    ['changeUserRoleInOrg', [{ userId: BOB, orgId: ACME, role: 'Owner' }], true],
    roleOf(BOB, ACME, { ...member('Owner', 'Admin', 'Member'), permissions: ['can_view_billing'] }),
    ['removeUserFromOrg', [{ userId: BOB, orgId: ACME }], true],
    membersOf(ACME, { userId: ALICE }),
  ],
  'inherit no roles in an organization with several roles, even after changes': [
    ['changeUserRoleInOrg', [{ userId: CAROL, orgId: GUILD, role: 'Owner' }], true],
    ['addUserToOrg', [{ userId: BOB, orgId: GUILD, role: 'Admin' }], true],
    roleOf(CAROL, GUILD, member('Owner')),
    roleOf(BOB, GUILD, member('Admin')),
  ],
  'are listed, by role on request': [
    [
      'addUserToOrg',
      [{ userId: BOB, orgId: ACME, role: 'Member', additionalRoles: ['Admin'] }],
      true,
    ],
    ['fetchUsersInOrg', [{ orgId: ACME, includeOrgs: true }], { hasMoreResults: false }],
    membersOf(
      ACME,
      { userId: ALICE, roleInOrg: 'Owner', additionalRolesInOrg: [] },
      { userId: BOB, roleInOrg: 'Member', additionalRolesInOrg: ['Admin'] },
    ),
    ['fetchUsersInOrg', [{ orgId: ACME, role: 'Admin' }], { users: [{ userId: BOB }] }],
    membersOf(NO_ORG),
    membersOf('no-uuid'),
  ],
  'that do not exist return false': [
    ['addUserToOrg', [{ userId: NOBODY, orgId: ACME, role: 'Member' }], false],
    ['addUserToOrg', [{ userId: BOB, orgId: NO_ORG, role: 'Member' }], false],
    ['changeUserRoleInOrg', [{ userId: BOB, orgId: ACME, role: 'Member' }], false],
    ['removeUserFromOrg', [{ userId: BOB, orgId: ACME }], false],
    ['inviteUserToOrg', [{ orgId: NO_ORG, email: 'x@y.zz', role: 'Member' }], false],
    ['inviteUserToOrgByUserId', [{ orgId: ACME, userId: NOBODY, role: 'Member' }], false],
  ],
  'are not added or invited twice, nor with unknown roles': [
    ['addUserToOrg', [{ userId: ALICE, orgId: ACME, role: 'Admin' }], 'AddUserToOrg: user_id'],
    ['addUserToOrg', [{ userId: BOB, orgId: ACME, role: 'Admn' }], 'AddUserToOrg: role'],
    [
      'changeUserRoleInOrg',
      [{ userId: ALICE, orgId: ACME, role: 'Admin', additionalRoles: ['Admn'] }],
      'ChangeUserRoleInOrg: additional_roles',
    ],
    [
      'inviteUserToOrg',
      [{ orgId: ACME, email: ALICES_EMAIL, role: 'Member' }],
      'BadRequest: email',
    ],
    ['inviteUserToOrg', [{ orgId: ACME, email: 'x@y.zz', role: 'Admn' }], 'BadRequest: role'],
  ],
  'are invited by email address or id, until the invitation is revoked': [
    ['inviteUserToOrg', [{ orgId: ACME, email: 'dave@x.yz', role: 'Member' }], true],
    ['inviteUserToOrg', [{ orgId: ACME, email: 'Dave@x.yz', role: 'Admin' }], true],
    ['inviteUserToOrgByUserId', [{ orgId: ACME, userId: BOB, role: 'Member' }], true],
    [
      'fetchPendingInvites',
      [{ orgId: ACME }],
      {
        totalInvites: 2,
        invites: [
          { inviteeEmail: 'Dave@x.yz', orgId: ACME, orgName: 'Acme Inc', roleInOrg: 'Admin' },
          { inviteeEmail: BOBS_EMAIL, roleInOrg: 'Member', additionalRolesInOrg: [] },
        ],
      },
    ],
    ['revokePendingOrgInvite', [{ orgId: ACME, inviteeEmail: 'dave@x.yz' }], true],
    ['revokePendingOrgInvite', [{ orgId: ACME, inviteeEmail: 'dave@x.yz' }], false],
    ['fetchPendingInvites', [{ orgId: NO_ORG }], { totalInvites: 0 }],
  ],
};

const KEYS: Record<string, Call[]> = {
  'are not created with invalid fields': [
    ['createApiKey', [{ userId: NOBODY }], 'ApiKeyCreate: user_id'],
    ['createApiKey', [{ orgId: NO_ORG }], 'ApiKeyCreate: org_id'],
    ['createApiKey', [{ expiresAtSeconds: 1 }], 'ApiKeyCreate: expires_at_seconds'],
    // The user is not in the organization.
    ['createApiKey', [{ userId: BOB, orgId: ACME }], 'ApiKeyCreate: user_id'],
  ],
  'that were created elsewhere are imported once': [
    ['importApiKey', [{ importedApiKey: 'sk_old', userId: ALICE }], DONE],
    ['validateImportedApiKey', ['sk_old'], { user: { userId: ALICE } }],
    ['validateApiKey', ['sk_old'], 'ApiKeyValidate: api_key_token'],
    ['importApiKey', [{ importedApiKey: 'sk_old' }], 'ApiKeyImport: imported_api_key'],
  ],
};

const token = (more: object): [object] => [{ userId: ALICE, durationInMinutes: 10, ...more }];
const TOKENS: Record<string, Call[]> = {
  'are not created for unknown or disabled users, other organizations, or without a duration': [
    ['createAccessToken', token({ userId: NOBODY }), NO_USER],
    ['createAccessToken', token({ userId: 'no-uuid' }), NO_USER],
    ['createAccessToken', token({ activeOrgId: NO_ORG }), 'AccessTokenCreation: active_org_id'],
    [
      'createAccessToken',
      token({ durationInMinutes: 0 }),
      'AccessTokenCreation: duration_in_minutes',
    ],
    ['disableUser', [ALICE], true],
    ['createAccessToken', token({}), 'AccessTokenCreation: user_id'],
  ],
  'link to the auth URL, and can be created for new users': [
    [
      'createMagicLink',
      [{ email: ALICES_EMAIL }],
      { url: expect.stringMatching(/^https:\/\/auth\.example\.com\//) },
    ],
    ['createMagicLink', [{ email: 'new@x.yz' }], 'MagicLinkCreation: email'],
    ['createMagicLink', [{ email: 'new@x.yz', createNewUserIfOneDoesntExist: true }], DONE],
    ['fetchUserMetadataByEmail', ['new@x.yz'], { email: 'new@x.yz' }],
  ],
};

const challenge = (more: object): [object] => [
  {
    userId: ALICE,
    actionType: 'DELETE_ORG',
    code: Emulator.TOTP_CODE,
    grantType: vendor.StepUpMfaGrantType.ONE_TIME_USE,
    validForSeconds: 60,
    ...more,
  },
];
const STEP_UP: Record<string, Call[]> = {
  'returns a grant for a code, and fails as PropelAuth’s client documents': [
    ['verifyStepUpTotpChallenge', challenge({}), { stepUpGrant: expect.any(String) }],
    ['verifyStepUpTotpChallenge', challenge({ userId: NOBODY }), NO_USER],
    [
      'verifyStepUpTotpChallenge',
      challenge({ userId: BOB }),
      expect.stringMatching(/^MfaNotEnabled: /),
    ],
    [
      'verifyStepUpTotpChallenge',
      challenge({ code: '000000' }),
      expect.stringMatching(/^IncorrectMfaCode: /),
    ],
    [
      'verifyStepUpTotpChallenge',
      challenge({ validForSeconds: 0 }),
      expect.stringMatching(/^InvalidRequestFields: /),
    ],
  ],
};

describe.each<[string, Record<string, Call[]>]>([
  ['users', USERS],
  ['organizations', ORGS],
  ['members', MEMBERS],
  ['end-user API keys', KEYS],
  ['tokens and magic links', TOKENS],
  ['step-up MFA', STEP_UP],
])('With the backend API of the emulator, called by PropelAuth’s client, %s', (_what, courses) => {
  it.each(Object.entries(courses))('%s', async (_promise, calls) => {
    const { api } = await start();
    await expectCalls(api, calls);
  });
});

describe('The backend API of the emulator', () => {
  let emulator: Emulator;
  let api: PropelAuthApi;

  beforeEach(async () => {
    ({ emulator, api } = await start());
  });

  it('names its calls by functions of PropelAuth’s client', () => {
    const { supported } = emulator.core.recorder;
    const unnamed = supported.filter((name) => !VENDOR_FUNCTIONS.includes(name));
    // Webhooks, and what other clients call, and PropelAuth's does not.
    expect(unnamed.toSorted().join(' ')).toBe(
      'browserLogout browserRefreshToken frontEndApi introspect logout mcpAuthorize mcpMetadata mcpRegister mcpToken ' +
        'oauthAuthorize oauthToken oauthUserinfo refreshToken ssrAuthorize ssrToken webhook webhookOrder',
    );
  });

  it('rejects users with unknown roles', () => {
    expect(() => emulator.addUser({ orgs: [{ role: 'Admn' }] })).toThrow(/"Admn" is not a role/);
  });

  it('finds a user by id, email address and username, with organizations on request', async () => {
    const found = await api.fetchUserMetadataByUserId(ALICE);
    expect(found).toMatchObject({
      userId: ALICE,
      email: ALICES_EMAIL,
      firstName: 'Alice',
      properties: { plan: 'pro' },
      enabled: true,
      mfaEnabled: true,
    });
    expect(found).not.toHaveProperty('orgIdToOrgInfo');
    expect(await api.fetchUserMetadataByEmail('Alice@Example.com')).toEqual(found);
    const withOrgs = await api.fetchUserMetadataByUsername('alice', true);
    expect(withOrgs?.orgIdToOrgInfo?.[ACME]).toBeInstanceOf(vendor.OrgMemberInfo);
    expect(withOrgs).toMatchObject({
      ...found,
      orgIdToOrgInfo: { [ACME]: { orgName: 'Acme Inc', assignedRole: 'Owner' } },
    });
  });

  it('shows a user whom a test has described, with the latest description', async () => {
    const { issuer } = emulator;
    const one = { orgId: '1', orgName: 'One', role: 'Member' };
    const two = { orgId: '2', orgName: 'Two', role: 'Owner' };
    const userId = emulator.addUser({ email: 'erin@example.com', orgs: [two, one] });
    await expectCalls(api, [
      roleOf(userId, '1', member('Member')),
      roleOf(userId, '2', member('Owner', 'Admin', 'Member')),
    ]);
    emulator.addUser({ email: 'erin@example.com', orgs: [{ orgName: 'Other', role: 'Member' }] });
    const user = await api.fetchUserMetadataByUserId(userId, true);
    expect(Object.keys(user?.orgIdToOrgInfo ?? {})).toEqual([issuer.orgId('Other')]);
    await expectCalls(api, [membersOf('2')]);
  });

  it('creates users with the ids of the issuer, and migrates others', async () => {
    const email = 'dave@example.com';
    const dave = { email, emailConfirmed: true, firstName: 'Dave', properties: { plan: 'free' } };
    const { userId } = await api.createUser({ ...dave, password: 'hunter22' });
    expect(userId).toBe(emulator.issuer.userId({ email }));
    const migrated = await api.migrateUserFromExternalSource({
      email: 'erin@example.com',
      emailConfirmed: true,
      existingUserId: 'old-erin',
      existingMfaBase32EncodedSecret: 'JBSWY3DP',
      enabled: false,
    });
    const old = { legacyUserId: 'old-erin', mfaEnabled: true, enabled: false, hasPassword: false };
    await expectCalls(api, [
      ['fetchUserMetadataByUserId', [userId], { ...dave, hasPassword: true }],
      ['fetchUserMetadataByUserId', [migrated.userId], old],
      ['migrateUserPassword', [{ userId: migrated.userId, passwordHash: '$2a$…' }], DONE],
      ['fetchUserMetadataByUserId', [migrated.userId], { ...old, hasPassword: true }],
    ]);
  });

  it('deletes a user with memberships and keys, and an organization with members, invitations and keys', async () => {
    const { apiKeyToken: personal } = await api.createApiKey({ userId: CAROL });
    const { apiKeyToken: shared } = await api.createApiKey({ orgId: ACME });
    await expectCalls(api, [
      ['inviteUserToOrg', [{ orgId: ACME, email: BOBS_EMAIL, role: 'Member' }], true],
      ['deleteUser', [CAROL], true],
      ['deleteUser', [CAROL], false],
      ['fetchUserMetadataByUserId', [CAROL], null],
      membersOf(GUILD),
      ['validateApiKey', [personal], 'ApiKeyValidate: api_key_token'],
      ['deleteOrg', [ACME], true],
      ['fetchOrg', [ACME], null],
      ['fetchPendingInvites', [], { totalInvites: 0 }],
      ['validateApiKey', [shared], 'ApiKeyValidate: api_key_token'],
    ]);
    const alice = await api.fetchUserMetadataByUserId(ALICE, true);
    expect(alice?.orgIdToOrgInfo).toEqual({});
  });

  it('creates, finds and updates organizations, also with a name that another has', async () => {
    const { orgId } = await api.createOrg({ name: 'Globex', domain: 'globex.com', maxUsers: 5 });
    expect(orgId).toBe(emulator.issuer.orgId('Globex'));
    const changes = { name: 'Globex Corp', metadata: { tier: 2 }, extraDomains: ['globex.org'] };
    await expectCalls(api, [
      ['updateOrg', [{ orgId, ...changes, canJoinOnEmailDomainMatch: true }], true],
      ['allowOrgToSetupSamlConnection', [orgId], true],
      ['fetchOrg', [orgId], { ...changes, domain: 'globex.com', maxUsers: 5, canSetupSaml: true }],
      ['fetchOrg', [orgId], { orgId, domainAutojoin: true, domainRestrict: false }],
      ['disallowOrgToSetupSamlConnection', [orgId], true],
      ['fetchOrg', [orgId], { canSetupSaml: false }],
    ]);
    const other = await api.createOrg({ name: 'Acme Inc' });
    expect(other.orgId).not.toBe(ACME);
    await expectCalls(api, [['fetchOrg', [other.orgId], { name: 'Acme Inc' }]]);
  });

  describe('end-user API keys', () => {
    it('are created, and return their owner', async () => {
      const personal = await api.createApiKey({ userId: ALICE, metadata: { scope: 'read' } });
      expect(personal.apiKeyId).toMatch(/^[0-9a-f]{32}$/);
      const shared = await api.createApiKey({ orgId: ACME, userId: ALICE });
      await expectCalls(api, [
        [
          'validatePersonalApiKey',
          [personal.apiKeyToken],
          { user: { userId: ALICE, email: ALICES_EMAIL }, metadata: { scope: 'read' } },
        ],
        ['validateOrgApiKey', [personal.apiKeyToken], 'ApiKeyValidate: api_key_token'],
        ['validatePersonalApiKey', [shared.apiKeyToken], 'ApiKeyValidate: api_key_token'],
      ]);
      const validation = await api.validateOrgApiKey(`Bearer ${shared.apiKeyToken}`);
      expect(validation).toMatchObject({ org: { orgId: ACME, name: 'Acme Inc' } });
      expect(validation.userInOrg).toBeInstanceOf(vendor.OrgMemberInfo);
      expect(validation.userInOrg?.assignedRole).toBe('Owner');
    });

    it('that are unknown, deleted or expired are rejected', async () => {
      stopClock(NOW * 1000);
      const expiring = await api.createApiKey({ userId: ALICE, expiresAtSeconds: NOW + 60 });
      const deleted = await api.createApiKey({ userId: ALICE });
      await expectCalls(api, [
        ['deleteApiKey', [deleted.apiKeyId], true],
        ['deleteApiKey', [deleted.apiKeyId], false],
      ]);
      jest.setSystemTime((NOW + 61) * 1000);
      for (const key of ['unknown', deleted.apiKeyToken, expiring.apiKeyToken]) {
        await expectCalls(api, [['validateApiKey', [key], 'ApiKeyValidate: api_key_token']]);
      }
      await expectCalls(api, [
        ['fetchArchivedApiKeys', [{ userId: ALICE }], { totalApiKeys: 2 }],
        ['fetchCurrentApiKeys', [{ userId: ALICE }], { totalApiKeys: 0 }],
      ]);
    });

    it('of a blocked user are rejected, while those of an organization stay valid', async () => {
      const personal = await api.createApiKey({ userId: ALICE });
      const shared = await api.createApiKey({ userId: ALICE, orgId: ACME });
      await expectCalls(api, [
        ['disableUser', [ALICE], true],
        ['validateApiKey', [personal.apiKeyToken], 'ApiKeyValidate: api_key_token'],
        ['validateApiKey', [shared.apiKeyToken], { org: { orgId: ACME } }],
        ['enableUser', [ALICE], true],
        ['validateApiKey', [personal.apiKeyToken], { user: { userId: ALICE } }],
      ]);
    });

    it('stay valid, under their ids, when a key of a deleted user is gone', async () => {
      await api.createApiKey({ userId: BOB });
      const kept = await api.createApiKey({ userId: ALICE });
      await api.deleteUser(BOB);
      const created = await api.createApiKey({ userId: ALICE });
      expect(created.apiKeyId).not.toBe(kept.apiKeyId);
      await expectCalls(api, [['validateApiKey', [kept.apiKeyToken], { user: { userId: ALICE } }]]);
    });

    it('are listed without the key itself', async () => {
      const key = { userId: ALICE, displayName: 'laptop' };
      const { apiKeyId, apiKeyToken } = await api.createApiKey(key);
      await api.createApiKey({ orgId: ACME });
      const page = await api.fetchCurrentApiKeys({ userEmail: ALICES_EMAIL });
      expect(page).toMatchObject({
        totalApiKeys: 1,
        currentPage: 0,
        hasMoreResults: false,
        apiKeys: [{ apiKeyId, ...key, metadata: {} }],
      });
      expect(JSON.stringify(page)).not.toContain(apiKeyToken);
      await expectCalls(api, [
        ['fetchCurrentApiKeys', [{ orgId: ACME }], { totalApiKeys: 1 }],
        ['fetchCurrentApiKeys', [{ userEmail: 'x@y.z' }], { totalApiKeys: 0 }],
        ['fetchApiKey', [apiKeyId], { apiKeyId, displayName: 'laptop' }],
      ]);
    });

    it('are updated', async () => {
      stopClock(NOW * 1000);
      const { apiKeyId } = await api.createApiKey({ userId: ALICE });
      const end = { expiresAtSeconds: NOW + 60 };
      const past = { expiresAtSeconds: 1 };
      await expectCalls(api, [
        ['updateApiKey', [apiKeyId, end], true],
        ['fetchApiKey', [apiKeyId], end],
        ['updateApiKey', [apiKeyId, { setToNeverExpire: true }], true],
        ['updateApiKey', [apiKeyId, past], 'ApiKeyUpdate: expires_at_seconds'],
      ]);
      expect(await api.fetchApiKey(apiKeyId)).not.toHaveProperty('expiresAtSeconds');
    });

    it('without an owner are generic, and have metadata alone', async () => {
      const metadata = { scope: 'read' };
      const { apiKeyToken } = await api.createApiKey({ metadata });
      expect(await api.validateApiKey(apiKeyToken)).toStrictEqual({ metadata });
      expect(await api.validateApiKey(emulator.createApiKey({}))).toStrictEqual({ metadata: {} });
    });

    it('are imported by tests and by seeds', async () => {
      const apiKeys = [{ key: 'seeded', imported: true }, { key: 'generic' }];
      const seeded = await start({ apiKeys });
      const byTest = { importedApiKey: 'by a test', metadata: { scope: 'read' } };
      expect(seeded.emulator.createApiKey(byTest)).toBe('by a test');
      await expectCalls(seeded.api, [
        ['validateImportedApiKey', ['seeded'], { metadata: {} }],
        ['validateImportedApiKey', ['by a test'], { metadata: { scope: 'read' } }],
        ['validateApiKey', ['generic'], { metadata: {} }],
        ['validateApiKey', ['seeded'], 'ApiKeyValidate: api_key_token'],
        ['validateApiKey', ['by a test'], 'ApiKeyValidate: api_key_token'],
        ['validateImportedApiKey', ['generic'], 'ApiKeyValidate: api_key_token'],
      ]);
      for (const importedApiKey of ['', 'by a test', 'generic']) {
        expect(() => seeded.emulator.createApiKey({ importedApiKey })).toThrow(EmulatorError);
      }
    });

    it('of a user in an organization end when the user leaves it, and no others', async () => {
      const ended = await api.createApiKey({ userId: ALICE, orgId: ACME });
      const personal = await api.createApiKey({ userId: ALICE });
      const shared = await api.createApiKey({ orgId: ACME });
      await expectCalls(api, [
        ['removeUserFromOrg', [{ userId: ALICE, orgId: ACME }], true],
        ['validateApiKey', [ended.apiKeyToken], 'ApiKeyValidate: api_key_token'],
        ['validateApiKey', [personal.apiKeyToken], DONE],
        ['validateApiKey', [shared.apiKeyToken], DONE],
        ['addUserToOrg', [{ userId: ALICE, orgId: ACME, role: 'Member' }], true],
        ['validateApiKey', [ended.apiKeyToken], 'ApiKeyValidate: api_key_token'],
        ['fetchArchivedApiKeys', [{ orgId: ACME }], { apiKeys: [{ apiKeyId: ended.apiKeyId }] }],
      ]);
    });
  });

  describe('requests of clients in other languages', () => {
    it('have a query or a body', async () => {
      const listed = await sendTo(emulator, 'POST', '/org/query', { name: 'gui', page_size: 1 });
      expect(listed).toMatchObject([200, { total_orgs: 1, orgs: [{ name: 'Guild' }] }]);
      expect(await sendTo(emulator, 'GET', '/org/query?name=gui&page_size=1')).toEqual(listed);
      const invalid = [400, { page_size: [expect.any(String)] }];
      expect(await sendTo(emulator, 'GET', '/org/query?page_size=0')).toEqual(invalid);
    });

    it('leave what is null as it is', async () => {
      const settings = { domain: 'acme.com', max_users: 5, autojoin_by_domain: true };
      await sendTo(emulator, 'PUT', `/org/${ACME}`, settings);
      const nothing = Object.fromEntries(Object.keys(settings).map((name) => [name, null]));
      const renamed = await sendTo(emulator, 'PUT', `/org/${ACME}`, { ...nothing, name: 'Acme' });
      expect(renamed).toEqual([200, {}]);
      const kept = { name: 'Acme', domain: 'acme.com', maxUsers: 5, domainAutojoin: true };
      await expectCalls(api, [['fetchOrg', [ACME], kept]]);
    });

    it.each([
      ['/user/', { email: 'dave@example.com', email_confirmed: 'yes' }, 'email_confirmed'],
      ['/user/', { username: 'dave' }, 'email'],
      ['/org/', { name: 'Globex', max_users: '5' }, 'max_users'],
      ['/org/query', { name: ['Globex'] }, 'name'],
      ['/end_user_api_keys', { user_id: 7 }, 'user_id'],
      ['/magic_link', { email: ALICES_EMAIL, expires_in_hours: 1.5 }, 'expires_in_hours'],
    ])('to %s are rejected with %j', async (path, body, field) => {
      const rejection = [400, { [field]: [expect.any(String)] }];
      expect(await sendTo(emulator, 'POST', path, body)).toEqual(rejection);
    });
  });

  it('creates access tokens for the current state of the user, signed with its key', async () => {
    const { issuer } = emulator;
    await api.changeUserRoleInOrg({ userId: ALICE, orgId: ACME, role: 'Member' });
    const [request] = token({ activeOrgId: ACME }) as [vendor.CreateAccessTokenRequest];
    const { access_token: created } = await api.createAccessToken(request);
    const { iss, iat, exp, ...claims } = decodeJwt(created);
    expect([iss, exp! - iat!]).toEqual([issuer.authUrl, 600]);
    expect(claims).toMatchObject({
      user_id: ALICE,
      email: ALICES_EMAIL,
      login_method: { login_method: 'generated_from_backend_api' },
      org_member_info: { org_id: ACME, user_role: 'Member' },
    });
    expect(await api.fetchTokenVerificationMetadata()).toEqual({
      verifierKey: issuer.verifierKey,
      issuer: issuer.authUrl,
    });
  });

  describe('step-up grants', () => {
    const good = { userId: ALICE, actionType: 'DELETE_ORG' };
    const verify = (grant: string, success: boolean, wrong: object = {}): Call => [
      'verifyStepUpGrant',
      [{ ...good, grant, ...wrong }],
      { success },
    ];

    it('of a code and of tests are valid once, for one user and action', async () => {
      const [request] = challenge({}) as [vendor.VerifyTotpChallengeRequest];
      const { stepUpGrant } = await api.verifyStepUpTotpChallenge(request);
      for (const grant of [stepUpGrant, emulator.grantStepUp(good)]) {
        await expectCalls(api, [
          verify(grant, false, { userId: NOBODY }),
          verify(grant, false, { actionType: 'PAY' }),
          verify('unknown', false),
          verify(grant, true),
          verify(grant, false),
        ]);
      }
    });

    it('that are for a time are valid until it has passed', async () => {
      stopClock(NOW * 1000);
      const grant = emulator.grantStepUp({ ...good, oneTimeUse: false, validForSeconds: 60 });
      await expectCalls(api, [verify(grant, true), verify(grant, true)]);
      jest.setSystemTime((NOW + 61) * 1000);
      await expectCalls(api, [verify(grant, false)]);
    });

    it('are forgotten when they have expired', () => {
      for (let count = 0; count < 10; count++) {
        emulator.grantStepUp({ ...good, validForSeconds: -1 });
      }
      expect(emulator.core.project.grants.size).toBe(1);
    });
  });
});

async function sendTo(
  { fetch, issuer }: Emulator,
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
