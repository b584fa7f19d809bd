/**
 * PropelAuth on your own machine, for development without a PropelAuth project.
 *
 * @module nestjs-propelauth/local
 */
export { LocalPropelAuthModule } from './local-propel-auth.module.js';
export type {
  LocalOAuthClient,
  LocalPropelAuthOptions,
} from './local-propel-auth-options.interface.js';
export { readLocalSeed, type CheckedLocalSeed } from './seed/read-local-seed.js';
export type {
  LocalApiKey,
  LocalMembership,
  LocalOrg,
  LocalUser,
  LocalRole,
  LocalSeed,
} from './seed/local-seed.interface.js';
