/**
 * Access tokens, a fake of PropelAuth's API and checks of access rules, for tests.
 *
 * @module nestjs-propelauth/testing
 */
export { TestIssuer, type TestIssuerOptions, type TestTokenOptions } from './issuer/test-issuer.js';
export type { TestMcpTokenOptions } from './issuer/mcp-tokens.js';
export type { TestWebhook, TestWebhookOptions } from './issuer/signed-webhook.js';
export type { TestOrgMembership, TestRole, TestUser } from './issuer/test-user.interface.js';
export {
  FakePropelAuthApi,
  type FakePropelAuthApiOptions,
  type TestStepUpGrant,
} from './fake-api/fake-propel-auth-api.js';
export type {
  FakePropelAuthServer,
  FakePropelAuthServerOptions,
} from './fake-api/fake-propel-auth-server.js';
export { overridePropelAuth, type PropelAuthOverrides } from './override-propel-auth.js';
export {
  accessTable,
  expectAccess,
  type AccessExpectations,
  type AccessTable,
} from './expect-access.js';
export type {
  CallArguments,
  CallCredentials,
  HoldOptions,
} from './access-matrix/hold-options.interface.js';
