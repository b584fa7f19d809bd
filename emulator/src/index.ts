/**
 * PropelAuth on your machine, for development and tests. Unofficial.
 *
 * @module propelauth-emulator
 */
export { createEmulator } from './create-emulator.js';
export type { EmulatorOptions } from './emulator-options.js';
export { EmulatorError } from './emulator.error.js';
export { Emulator, type ApiKeyDescription, type StepUpGrantDescription } from './emulator.js';
export type { McpTokenOptions } from './issuer/mcp-tokens.js';
export type { SignedWebhook, WebhookOptions } from './issuer/signed-webhook.js';
export {
  createSecrets,
  TokenIssuer,
  type IssuerSecrets,
  type IntrospectionCredentials,
  type TokenIssuerOptions,
  type TokenOptions,
} from './issuer/token-issuer.js';
export type {
  LoginMethodDescription,
  MembershipDescription,
  RoleDescription,
  UserDescription,
} from './project/user-description.js';
export { assertNotInProduction } from './production.js';
export type { RoleHierarchy } from './project/role-hierarchy.js';
export type { ApiKeyRecord } from './project/records.js';
export type { Failure, RecordedCall } from './recorder.js';
export { readSeed, type CheckedSeed } from './seed/read-seed.js';
export type {
  Seed,
  SeedApiKey,
  SeedInvite,
  SeedMembership,
  SeedOrg,
  SeedRole,
  SeedRoleMapping,
  SeedUser,
} from './seed/seed.js';
export type { ListenOptions, RunningServer } from './server/server.js';
