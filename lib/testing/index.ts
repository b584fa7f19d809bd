/**
 * Access tokens, PropelAuth in memory and checks of access rules, for tests.
 *
 * @module nestjs-propelauth/testing
 */
export { TestIssuer, type TestIssuerOptions } from './test-issuer.js';
export { createEmulator, TestEmulator, type TestEmulatorOptions } from './test-emulator.js';
export type { TestOrgMembership, TestRole, TestUser } from './test-user.interface.js';
export { overridePropelAuth, type PropelAuthOverrides } from './override-propel-auth.js';
export { accessCall, type AccessCallParts } from './test-access-call.js';
export { accessTable, expectAccess, type AccessExpectations } from './expect-access.js';
export type { AccessTable } from '../options/access-table.interface.js';
export type {
  CallArguments,
  CredentialNeeds,
  HoldOptions,
  HoldResult,
} from './access-matrix/hold-options.interface.js';
