import type { EmulatorOptions } from './emulator-options.js';
import { Emulator } from './emulator.js';
import { createSecrets, TokenIssuer } from './issuer/token-issuer.js';
import { assertNotInProduction } from './production.js';
import { readSeed } from './seed/read-seed.js';

/**
 * Creates a PropelAuth in memory, for tests.
 *
 * @param options the seed and the auth URL; see {@link EmulatorOptions}
 * @returns the emulator
 * @throws {EmulatorError} for an invalid seed, auth URL or webhook URL, and with `NODE_ENV=production`
 * @example
 * ```ts
 * const emulator = await createEmulator({
 *   seed: { orgs: [{ name: 'Acme Inc' }], users: [{ name: 'alice', orgs: [{ org: 'Acme Inc', role: 'Owner' }] }] },
 * });
 * const token = await emulator.issuer.accessToken(emulator.user('alice'));
 * ```
 *
 * @publicApi
 */
export async function createEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  assertNotInProduction('createEmulator()');
  const seed = readSeed(options.seed ?? {});
  const { authUrl, secrets = await createSecrets() } = options;
  const issuer = new TokenIssuer({ authUrl, roles: seed.roles }, secrets);
  return new Emulator(issuer, seed, options);
}
