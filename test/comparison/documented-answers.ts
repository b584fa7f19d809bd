import { StepUpMfaGrantType } from '@propelauth/node-apis';
import type { PropelAuthApi } from 'nestjs-propelauth';

/** The people and organizations of PropelAuth's own documentation. */
export const USER_ID = '31c41c16-c281-44ae-9602-8a047e3bf33d';
export const ORG_ID = '1189c444-8a2d-4c41-8b4b-ae43ce79a492';
export const NOBODY = '00000000-0000-4000-8000-000000000000';
export const CREATED_AT = 1_645_131_680;

/** A call, and what PropelAuth's documentation and SDKs say that its backend answers. */
export interface DocumentedCall {
  readonly name: string;
  readonly call: (api: PropelAuthApi) => Promise<unknown>;
  /** The request that PropelAuth's client makes of it. */
  readonly request: string;
  readonly status: number;
  /** In JSON; a text is sent as it is. */
  readonly body: unknown;
}

const MEMBERSHIP = {
  org_id: ORG_ID,
  org_name: 'Acme Inc',
  org_metadata: { custom_key: 'customValue' },
  url_safe_org_name: 'acme-inc',
  org_role_structure: 'single_role_in_hierarchy',
  user_role: 'Admin',
  inherited_user_roles_plus_current_role: ['Admin', 'Member'],
  additional_roles: [],
  user_permissions: ['can_view_billing'],
};

const USER = {
  user_id: USER_ID,
  email: 'test@example.com',
  email_confirmed: true,
  has_password: false,
  username: 'airbud3',
  first_name: 'Buddy',
  last_name: 'Framm',
  properties: { favorite_sport: 'basketball' },
  locked: false,
  enabled: true,
  mfa_enabled: true,
  can_create_orgs: false,
  created_at: CREATED_AT,
  last_active_at: CREATED_AT,
};
const USER_WITH_ORGS = { ...USER, org_id_to_org_info: { [ORG_ID]: MEMBERSHIP } };

const ORG = {
  org_id: ORG_ID,
  name: 'Acme Inc',
  url_safe_org_slug: 'acme-inc',
  is_saml_configured: false,
  is_saml_in_test_mode: false,
  can_setup_saml: false,
  extra_domains: [],
  domain_autojoin: false,
  domain_restrict: false,
  password_rotation_enabled: false,
  password_rotation_history_size: 0,
  password_rotation_period: 0,
  metadata: { custom_key: 'customValue' },
};
const LISTED_ORG = {
  org_id: ORG_ID,
  name: 'Acme Inc',
  is_saml_configured: false,
  metadata: { custom_key: 'customValue' },
  created_at: CREATED_AT,
};

const ONE_PAGE = { current_page: 0, page_size: 10, has_more_results: false };

/** A key that the project under test has, too. */
export const API_KEY = {
  api_key_id: '85b90f382257db0ef057982725997fe1',
  token: 'a-key-of-the-documentation',
  metadata: { custom_key: 'customValue' },
};
const API_KEY_METADATA = {
  api_key_id: API_KEY.api_key_id,
  created_at: CREATED_AT,
  metadata: API_KEY.metadata,
  user_id: USER_ID,
  org_id: ORG_ID,
  display_name: 'laptop',
};

const GRANT_NOT_FOUND = {
  error_code: 'invalid_request_fields',
  user_facing_error: 'Some fields are invalid',
  field_errors: { grant: 'grant_not_found' },
};
const CHALLENGE = {
  actionType: 'SENSITIVE_ACTION',
  userId: USER_ID,
  code: '123456',
  grantType: StepUpMfaGrantType.TIME_BASED,
  validForSeconds: 60,
};
const STEP_UP = '/api/backend/v1/mfa/step-up';
const V1 = '/api/backend/v1';

function answered(
  name: string,
  call: DocumentedCall['call'],
  request: string,
  status: number,
  body: unknown = {},
): DocumentedCall {
  return { name, call, request, status, body };
}

export const DOCUMENTED_CALLS: readonly DocumentedCall[] = [
  answered(
    'a user by id',
    (api) => api.fetchUserMetadataByUserId(USER_ID),
    `GET ${V1}/user/${USER_ID}?include_orgs=false`,
    200,
    USER,
  ),
  answered(
    'a user with organizations by address',
    (api) => api.fetchUserMetadataByEmail('test@example.com', true),
    `GET ${V1}/user/email?email=test%40example.com&include_orgs=true`,
    200,
    USER_WITH_ORGS,
  ),
  answered(
    'a user by username',
    (api) => api.fetchUserMetadataByUsername('airbud3'),
    `GET ${V1}/user/username?username=airbud3&include_orgs=false`,
    200,
    USER,
  ),
  answered(
    'a user who is not there',
    (api) => api.fetchUserMetadataByUserId(NOBODY),
    `GET ${V1}/user/${NOBODY}?include_orgs=false`,
    404,
  ),
  answered(
    'users in a batch',
    (api) => api.fetchBatchUserMetadataByUserIds([USER_ID, NOBODY], true),
    `POST ${V1}/user/user_ids?include_orgs=true`,
    200,
    [USER_WITH_ORGS],
  ),
  answered(
    'users by query',
    (api) => api.fetchUsersByQuery({ orderBy: 'CREATED_AT_ASC' }),
    `GET ${V1}/user/query?order_by=CREATED_AT_ASC`,
    200,
    { users: [USER], total_users: 1, ...ONE_PAGE },
  ),
  answered(
    'users by an impossible query',
    (api) => api.fetchUsersByQuery({ pageSize: 0 }),
    `GET ${V1}/user/query?page_size=0`,
    400,
    { page_size: ['Must be from 1 to 100'] },
  ),
  answered(
    'users in an organization',
    (api) => api.fetchUsersInOrg({ orgId: ORG_ID }),
    `GET ${V1}/user/org/${ORG_ID}`,
    200,
    {
      users: [{ ...USER, role_in_org: 'Admin', additional_roles_in_org: [] }],
      total_users: 1,
      ...ONE_PAGE,
    },
  ),
  answered(
    'the MFA methods of a user',
    (api) => api.fetchUserMfaMethods(USER_ID),
    `GET ${V1}/user/${USER_ID}/mfa`,
    200,
    { mfa_setup: { type: 'Totp' } },
  ),
  answered(
    'the sign-up parameters of a user',
    (api) => api.fetchUserSignupQueryParams(USER_ID),
    `GET ${V1}/user/${USER_ID}/signup_query_parameters`,
    200,
    { user_signup_query_parameters: {} },
  ),
  answered(
    'a new user with a bad address',
    (api) => api.createUser({ email: 'no-address' }),
    `POST ${V1}/user/`,
    400,
    { email: ['Must be an email address'] },
  ),
  answered(
    'a migrated user with a bad address',
    (api) => api.migrateUserFromExternalSource({ email: '', emailConfirmed: true }),
    `POST ${V1}/migrate_user/`,
    400,
    { email: ['Must be an email address'] },
  ),
  answered(
    'a change of a user',
    (api) => api.updateUserMetadata(USER_ID, { firstName: 'Buddy' }),
    `PUT ${V1}/user/${USER_ID}`,
    200,
  ),
  answered(
    'a change of a user who is not there',
    (api) => api.updateUserMetadata(NOBODY, { firstName: 'Buddy' }),
    `PUT ${V1}/user/${NOBODY}`,
    404,
  ),
  answered(
    'a bad address for a user',
    (api) =>
      api.updateUserEmail(USER_ID, { newEmail: 'no-address', requireEmailConfirmation: false }),
    `PUT ${V1}/user/${USER_ID}/email`,
    400,
    { new_email: ['Must be an email address'] },
  ),
  answered(
    'an empty password for a user',
    (api) => api.updateUserPassword(USER_ID, { password: '' }),
    `PUT ${V1}/user/${USER_ID}/password`,
    400,
    { password: ['Must not be empty'] },
  ),
  answered(
    'the end of a user who is not there',
    (api) => api.deleteUser(NOBODY),
    `DELETE ${V1}/user/${NOBODY}`,
    404,
  ),
  answered(
    'the end of all sessions',
    (api) => api.logoutAllUserSessions(USER_ID),
    `POST ${V1}/user/${USER_ID}/logout_all_sessions`,
    200,
  ),
  answered('an organization', (api) => api.fetchOrg(ORG_ID), `GET ${V1}/org/${ORG_ID}`, 200, ORG),
  answered(
    'an organization that is not there',
    (api) => api.fetchOrg(NOBODY),
    `GET ${V1}/org/${NOBODY}`,
    404,
  ),
  answered(
    'organizations by query',
    (api) => api.fetchOrgByQuery({ name: 'acme' }),
    `POST ${V1}/org/query`,
    200,
    { orgs: [LISTED_ORG], total_orgs: 1, ...ONE_PAGE },
  ),
  answered(
    'a new organization without a name',
    (api) => api.createOrg({ name: '' }),
    `POST ${V1}/org/`,
    400,
    { name: ['Must not be empty'] },
  ),
  answered(
    'a change of an organization that is not there',
    (api) => api.updateOrg({ orgId: NOBODY, name: 'Acme' }),
    `PUT ${V1}/org/${NOBODY}`,
    404,
  ),
  answered(
    'a member with a role that there is not',
    (api) => api.changeUserRoleInOrg({ userId: USER_ID, orgId: ORG_ID, role: 'Admn' }),
    `POST ${V1}/org/change_role`,
    400,
    { role: ['Is not a role of the project'] },
  ),
  answered(
    'a member twice',
    (api) => api.addUserToOrg({ userId: USER_ID, orgId: ORG_ID, role: 'Admin' }),
    `POST ${V1}/org/add_user`,
    400,
    { user_id: ['Is already in the organization'] },
  ),
  answered(
    'a member who is nobody',
    (api) => api.addUserToOrg({ userId: NOBODY, orgId: ORG_ID, role: 'Admin' }),
    `POST ${V1}/org/add_user`,
    404,
  ),
  answered(
    'an invitation with a role that there is not',
    (api) => api.inviteUserToOrg({ orgId: ORG_ID, email: 'new@example.com', role: 'Admn' }),
    `POST ${V1}/invite_user`,
    400,
    { role: ['Is not a role of the project'] },
  ),
  answered(
    'pending invitations',
    (api) => api.fetchPendingInvites({ orgId: ORG_ID }),
    `GET ${V1}/pending_org_invites?org_id=${ORG_ID}`,
    200,
    { invites: [], total_invites: 0, ...ONE_PAGE },
  ),
  answered(
    'the end of an invitation that is not there',
    (api) => api.revokePendingOrgInvite({ orgId: ORG_ID, inviteeEmail: 'new@example.com' }),
    `DELETE ${V1}/pending_org_invites`,
    404,
  ),
  answered(
    'an API key',
    (api) => api.fetchApiKey(API_KEY.api_key_id),
    `GET ${V1}/end_user_api_keys/${API_KEY.api_key_id}`,
    200,
    API_KEY_METADATA,
  ),
  answered(
    'an API key that is not there',
    (api) => api.fetchApiKey('0'.repeat(32)),
    `GET ${V1}/end_user_api_keys/${'0'.repeat(32)}`,
    404,
  ),
  answered(
    'current API keys',
    (api) => api.fetchCurrentApiKeys({ userId: USER_ID }),
    `GET ${V1}/end_user_api_keys?user_id=${USER_ID}`,
    200,
    { api_keys: [API_KEY_METADATA], total_api_keys: 1, ...ONE_PAGE },
  ),
  answered(
    'archived API keys',
    (api) => api.fetchArchivedApiKeys({ orgId: ORG_ID }),
    `GET ${V1}/end_user_api_keys/archived?org_id=${ORG_ID}`,
    200,
    { api_keys: [], total_api_keys: 0, ...ONE_PAGE },
  ),
  answered(
    'a good API key',
    (api) => api.validateApiKey(`Bearer ${API_KEY.token}`),
    `POST ${V1}/end_user_api_keys/validate`,
    200,
    {
      metadata: API_KEY.metadata,
      user: USER_WITH_ORGS,
      org: { ...LISTED_ORG, org_name: 'Acme Inc' },
      user_in_org: MEMBERSHIP,
    },
  ),
  answered(
    'an API key of another kind',
    (api) => api.validatePersonalApiKey(API_KEY.token),
    `POST ${V1}/end_user_api_keys/validate`,
    200,
    { metadata: {}, user: USER, org: LISTED_ORG },
  ),
  answered(
    'a bad API key',
    (api) => api.validateApiKey('unknown'),
    `POST ${V1}/end_user_api_keys/validate`,
    400,
    { api_key_token: ['Invalid API Key'] },
  ),
  answered(
    'an API key for nobody',
    (api) => api.createApiKey({ userId: NOBODY }),
    `POST ${V1}/end_user_api_keys`,
    400,
    { user_id: ['There is no such user'] },
  ),
  answered(
    'the end of an API key that is not there',
    (api) => api.deleteApiKey('0'.repeat(32)),
    `DELETE ${V1}/end_user_api_keys/${'0'.repeat(32)}`,
    404,
  ),
  answered(
    'a magic link for nobody',
    (api) => api.createMagicLink({ email: 'new@example.com' }),
    `POST ${V1}/magic_link`,
    400,
    { email: ['There is no such user'] },
  ),
  answered(
    'an access token for nobody',
    (api) => api.createAccessToken({ userId: NOBODY, durationInMinutes: 10 }),
    `POST ${V1}/access_token`,
    403,
  ),
  answered(
    'an access token for an organization of others',
    (api) => api.createAccessToken({ userId: USER_ID, durationInMinutes: 10, activeOrgId: NOBODY }),
    `POST ${V1}/access_token`,
    400,
    { active_org_id: ['Is not an organization of the user'] },
  ),
  answered(
    'a wrong code',
    (api) => api.verifyStepUpTotpChallenge({ ...CHALLENGE, code: '000000' }),
    `POST ${STEP_UP}/verify-totp`,
    400,
    { error_code: 'incorrect_mfa_code', user_facing_error: 'The code is incorrect' },
  ),
  answered(
    'a code of nobody',
    (api) => api.verifyStepUpTotpChallenge({ ...CHALLENGE, userId: NOBODY }),
    `POST ${STEP_UP}/verify-totp`,
    400,
    { error_code: 'user_not_found', user_facing_error: 'There is no such user' },
  ),
  answered(
    'a grant that is not there',
    (api) =>
      api.verifyStepUpGrant({ actionType: 'SENSITIVE_ACTION', userId: USER_ID, grant: 'unknown' }),
    `POST ${STEP_UP}/verify-grant`,
    400,
    GRANT_NOT_FOUND,
  ),
  answered(
    'users in a batch of addresses',
    (api) => api.fetchBatchUserMetadataByEmails(['test@example.com', 'x@example.com']),
    `POST ${V1}/user/emails`,
    200,
    [USER],
  ),
  answered(
    'users in a batch of usernames',
    (api) => api.fetchBatchUserMetadataByUsernames(['airbud3']),
    `POST ${V1}/user/usernames`,
    200,
    [USER],
  ),
  answered(
    'a migrated password for nobody',
    (api) => api.migrateUserPassword({ userId: NOBODY, passwordHash: '$2a$…' }),
    `POST ${V1}/migrate_user/password`,
    400,
    { user_id: ['There is no such user'] },
  ),
  answered(
    'the end of a password',
    (api) => api.clearUserPassword(USER_ID),
    `PUT ${V1}/user/${USER_ID}/clear_password`,
    200,
  ),
  answered(
    'a disabled user',
    (api) => api.disableUser(USER_ID),
    `POST ${V1}/user/${USER_ID}/disable`,
    200,
  ),
  answered(
    'an enabled user who is not there',
    (api) => api.enableUser(NOBODY),
    `POST ${V1}/user/${NOBODY}/enable`,
    404,
  ),
  answered(
    'the end of MFA',
    (api) => api.disableUser2fa(USER_ID),
    `POST ${V1}/user/${USER_ID}/disable_2fa`,
    200,
  ),
  answered(
    'another message to confirm the address of nobody',
    (api) => api.resendEmailConfirmation(NOBODY),
    `POST ${V1}/resend_email_confirmation`,
    404,
  ),
  answered(
    'a user who may create organizations',
    (api) => api.enableUserCanCreateOrgs(USER_ID),
    `PUT ${V1}/user/${USER_ID}/can_create_orgs/enable`,
    200,
  ),
  answered(
    'a user who is not there and may not create organizations',
    (api) => api.disableUserCanCreateOrgs(NOBODY),
    `PUT ${V1}/user/${NOBODY}/can_create_orgs/disable`,
    404,
  ),
  answered(
    'the end of an organization',
    (api) => api.deleteOrg(ORG_ID),
    `DELETE ${V1}/org/${ORG_ID}`,
    200,
  ),
  answered(
    'an organization that may set up SAML',
    (api) => api.allowOrgToSetupSamlConnection(ORG_ID),
    `POST ${V1}/org/${ORG_ID}/allow_saml`,
    200,
  ),
  answered(
    'an organization that is not there and may not set up SAML',
    (api) => api.disallowOrgToSetupSamlConnection(NOBODY),
    `POST ${V1}/org/${NOBODY}/disallow_saml`,
    404,
  ),
  answered(
    'a member who leaves',
    (api) => api.removeUserFromOrg({ userId: USER_ID, orgId: ORG_ID }),
    `POST ${V1}/org/remove_user`,
    200,
  ),
  answered(
    'an invitation of someone who is there',
    (api) => api.inviteUserToOrgByUserId({ orgId: ORG_ID, userId: USER_ID, role: 'Admin' }),
    `POST ${V1}/invite_user_by_id`,
    400,
    { email: ['Is already in the organization'] },
  ),
  answered(
    'a change of an API key to one that has expired',
    (api) => api.updateApiKey(API_KEY.api_key_id, { expiresAtSeconds: 1 }),
    `PATCH ${V1}/end_user_api_keys/${API_KEY.api_key_id}`,
    400,
    { expires_at_seconds: ['Must be in the future'] },
  ),
  answered(
    'a good API key of an organization',
    (api) => api.validateOrgApiKey(API_KEY.token),
    `POST ${V1}/end_user_api_keys/validate`,
    200,
    {
      metadata: API_KEY.metadata,
      user: USER_WITH_ORGS,
      org: { ...LISTED_ORG, org_name: 'Acme Inc' },
      user_in_org: MEMBERSHIP,
    },
  ),
  answered(
    'role mappings',
    (api) => api.fetchCustomRoleMappings(),
    `GET ${V1}/custom_role_mappings`,
    200,
    { custom_role_mappings: [] },
  ),
  answered(
    'an imported API key that is empty',
    (api) => api.importApiKey({ importedApiKey: '' }),
    `POST ${V1}/end_user_api_keys/import`,
    400,
    { imported_api_key: ['Must not be empty'] },
  ),
  answered(
    'a bad imported API key',
    (api) => api.validateImportedApiKey('unknown'),
    `POST ${V1}/end_user_api_keys/validate_imported`,
    400,
    { api_key_token: ['Invalid API Key'] },
  ),
];
