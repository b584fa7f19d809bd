import {
  ChartMetric,
  ChartMetricCadence,
  StepUpMfaGrantType,
  type getApis,
} from '@propelauth/node-apis';
import type { PropelAuthApi } from 'nestjs-propelauth';
import { ACME_ID } from './project.js';

type VendorFunctions = ReturnType<typeof getApis>;

const USER_ID = '0d1f2a3b-4c5d-4e6f-8a9b-0c1d2e3f4a5b';
const API_KEY_ID = '0123456789abcdef0123456789abcdef';

/** What of the things that are sent must never be seen again: in no message, no log, no answer. */
export const SENT_SECRET = 'sent-secret-that-must-never-be-seen';

const stepUp = {
  actionType: 'DELETE_ORG',
  userId: USER_ID,
  grantType: StepUpMfaGrantType.ONE_TIME_USE,
  validForSeconds: 60,
};

/** Every function of PropelAuth's client with parameters that make a request. The compiler misses one that is not here. */
export const API_CALLS: { [Name in keyof VendorFunctions]: Parameters<VendorFunctions[Name]> } = {
  fetchTokenVerificationMetadata: [],
  fetchUserMetadataByUserId: [USER_ID],
  fetchUserMetadataByEmail: ['alice@example.com'],
  fetchUserMetadataByUsername: ['alice'],
  fetchBatchUserMetadataByUserIds: [[USER_ID]],
  fetchBatchUserMetadataByEmails: [['alice@example.com']],
  fetchBatchUserMetadataByUsernames: [['alice']],
  fetchOrg: [ACME_ID],
  fetchOrgByQuery: [{}],
  fetchCustomRoleMappings: [],
  fetchUsersByQuery: [{}],
  fetchUsersInOrg: [{ orgId: ACME_ID }],
  fetchUserSignupQueryParams: [USER_ID],
  createUser: [{ email: 'alice@example.com', password: SENT_SECRET }],
  updateUserMetadata: [USER_ID, { firstName: 'Alice' }],
  updateUserEmail: [USER_ID, { newEmail: 'alice@example.com', requireEmailConfirmation: true }],
  updateUserPassword: [USER_ID, { password: SENT_SECRET }],
  clearUserPassword: [USER_ID],
  createMagicLink: [{ email: 'alice@example.com' }],
  createAccessToken: [{ userId: USER_ID, durationInMinutes: 5 }],
  migrateUserFromExternalSource: [
    { email: 'alice@example.com', emailConfirmed: true, existingPasswordHash: SENT_SECRET },
  ],
  migrateUserPassword: [{ userId: USER_ID, passwordHash: SENT_SECRET }],
  deleteUser: [USER_ID],
  disableUser: [USER_ID],
  enableUser: [USER_ID],
  disableUser2fa: [USER_ID],
  resendEmailConfirmation: [USER_ID],
  enableUserCanCreateOrgs: [USER_ID],
  disableUserCanCreateOrgs: [USER_ID],
  logoutAllUserSessions: [USER_ID],
  fetchUserMfaMethods: [USER_ID],
  fetchUserOAuthTokens: [USER_ID],
  fetchFreshTokenFromProvider: [USER_ID, 'google'],
  createOrg: [{ name: 'Acme Inc' }],
  addUserToOrg: [{ userId: USER_ID, orgId: ACME_ID, role: 'Member' }],
  changeUserRoleInOrg: [{ userId: USER_ID, orgId: ACME_ID, role: 'Member' }],
  removeUserFromOrg: [{ userId: USER_ID, orgId: ACME_ID }],
  updateOrg: [{ orgId: ACME_ID, name: 'Acme' }],
  subscribeOrgToRoleMapping: [ACME_ID, 'Paying'],
  deleteOrg: [ACME_ID],
  allowOrgToSetupSamlConnection: [ACME_ID],
  disallowOrgToSetupSamlConnection: [ACME_ID],
  createOrgSamlConnectionLink: [ACME_ID],
  inviteUserToOrg: [{ orgId: ACME_ID, email: 'bob@example.com', role: 'Member' }],
  inviteUserToOrgByUserId: [{ orgId: ACME_ID, userId: USER_ID, role: 'Member' }],
  fetchPendingInvites: [],
  revokePendingOrgInvite: [{ orgId: ACME_ID, inviteeEmail: 'bob@example.com' }],
  fetchSamlSpMetadata: [ACME_ID],
  setSamlIdpMetadata: [
    ACME_ID,
    {
      idpEntityId: 'https://idp.example.com',
      idpSsoUrl: 'https://idp.example.com/sso',
      idpCertificate: SENT_SECRET,
      provider: 'Generic',
    },
  ],
  setOidcIdpMetadata: [
    {
      orgId: ACME_ID,
      clientId: 'client',
      clientSecret: SENT_SECRET,
      usesPkce: true,
      idpType: 'Okta',
      oktaSsoDomain: 'acme.okta.com',
    },
  ],
  samlGoLive: [ACME_ID],
  deleteSamlConnection: [ACME_ID],
  fetchApiKey: [API_KEY_ID],
  fetchCurrentApiKeys: [{}],
  fetchArchivedApiKeys: [{}],
  createApiKey: [{ userId: USER_ID }],
  updateApiKey: [API_KEY_ID, {}],
  deleteApiKey: [API_KEY_ID],
  validateApiKey: [SENT_SECRET],
  validatePersonalApiKey: [SENT_SECRET],
  validateOrgApiKey: [SENT_SECRET],
  fetchApiKeyUsage: [{ date: '2030-01-01' }],
  importApiKey: [{ importedApiKey: SENT_SECRET }],
  validateImportedApiKey: [SENT_SECRET],
  verifyStepUpTotpChallenge: [{ ...stepUp, code: SENT_SECRET }],
  verifyStepUpGrant: [{ actionType: 'DELETE_ORG', userId: USER_ID, grant: SENT_SECRET }],
  sendSmsMfaCode: [{ ...stepUp, mfaPhoneId: 'phone' }],
  verifySmsChallenge: [{ userId: USER_ID, challengeId: 'challenge', code: SENT_SECRET }],
  fetchEmployeeById: [USER_ID],
  fetchUserTopInviterReport: [],
  fetchUserChampionReport: [],
  fetchUserReengagementReport: [],
  fetchUserChurnReport: [],
  fetchOrgReengagementReport: [],
  fetchOrgChurnReport: [],
  fetchOrgGrowthReport: [],
  fetchOrgAttritionReport: [],
  fetchChartMetricData: [ChartMetric.SIGNUPS, ChartMetricCadence.DAILY],
  fetchScimGroup: [{ orgId: ACME_ID, groupId: USER_ID }],
  fetchOrgScimGroups: [{ orgId: ACME_ID }],
};

export type ApiCallName = keyof VendorFunctions;

export const API_CALL_NAMES = Object.keys(API_CALLS) as ApiCallName[];

/** Makes a call with the parameters of the table. */
export function call(api: PropelAuthApi, name: ApiCallName): Promise<unknown> {
  const send = api[name] as (...parameters: unknown[]) => Promise<unknown>;
  return send(...API_CALLS[name]);
}
