import type { Endpoints } from './endpoint.js';

/** The endpoints that PropelAuth's client calls and the emulator does not have, by function. A fault can answer instead. */
const UNSUPPORTED: Readonly<Record<string, readonly [method: keyof Endpoints, path: string]>> = {
  fetchUserOAuthTokens: ['GET', '/user/:userId/oauth_token'],
  fetchFreshTokenFromProvider: ['GET', '/user/:userId/:provider/fresh_token'],
  createOrgSamlConnectionLink: ['POST', '/org/:orgId/create_saml_connection_link'],
  fetchSamlSpMetadata: ['GET', '/saml_sp_metadata/:orgId'],
  setSamlIdpMetadata: ['POST', '/saml_idp_metadata'],
  setOidcIdpMetadata: ['POST', '/oidc_idp_metadata'],
  samlGoLive: ['POST', '/saml_idp_metadata/go_live/:orgId'],
  deleteSamlConnection: ['DELETE', '/saml_idp_metadata/:orgId'],
  fetchApiKeyUsage: ['GET', '/end_user_api_keys/usage'],
  sendSmsMfaCode: ['POST', '/mfa/step-up/phone/send'],
  verifySmsChallenge: ['POST', '/mfa/step-up/phone/verify'],
  fetchEmployeeById: ['GET', '/employee/:employeeId'],
  fetchUserTopInviterReport: ['GET', '/user_report/top_inviter'],
  fetchUserChampionReport: ['GET', '/user_report/champion'],
  fetchUserReengagementReport: ['GET', '/user_report/reengagement'],
  fetchUserChurnReport: ['GET', '/user_report/churn'],
  fetchOrgReengagementReport: ['GET', '/org_report/reengagement'],
  fetchOrgChurnReport: ['GET', '/org_report/churn'],
  fetchOrgGrowthReport: ['GET', '/org_report/growth'],
  fetchOrgAttritionReport: ['GET', '/org_report/attrition'],
  fetchChartMetricData: ['GET', '/chart_metrics/:metric'],
  fetchScimGroup: ['GET', '/scim/:orgId/groups/:groupId'],
  fetchOrgScimGroups: ['GET', '/scim/:orgId/groups'],
};

/** Has to be before all others: `/end_user_api_keys/usage` is no id of a key. */
export function addUnsupportedEndpoints(api: Endpoints): void {
  for (const [name, [method, path]] of Object.entries(UNSUPPORTED)) {
    const error = `The emulator does not support ${method} ${path} (${name}).`;
    api[method](path, name, () => ({ status: 501, body: { error } }));
  }
}
