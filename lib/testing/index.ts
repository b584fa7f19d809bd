export { TestIssuer, type TestIssuerOptions, type TestTokenOptions } from './issuer/test-issuer.js';
export type { TestOrgMembership, TestRole, TestUser } from './issuer/test-user.interface.js';
export {
  FakePropelAuthApi,
  type FakePropelAuthApiOptions,
  type TestStepUpGrant,
} from './fake-api/fake-propel-auth-api.js';
export {
  overridePropelAuth,
  type PropelAuthOverrides,
  type ProviderOverrides,
} from './override-propel-auth.js';
export {
  accessTable,
  expectAccess,
  type AccessExpectations,
  type AccessTable,
} from './expect-access.js';
export { LocalPropelAuthModule } from '../local/local-propel-auth.module.js';
export type {
  LocalOAuthClient,
  LocalPropelAuthOptions,
} from '../local/local-propel-auth-options.interface.js';
export { readLocalSeed, type CheckedLocalSeed } from '../local/seed/read-local-seed.js';
export type {
  LocalApiKey,
  LocalMembership,
  LocalOrg,
  LocalPerson,
  LocalRole,
  LocalSeed,
} from '../local/seed/local-seed.interface.js';
