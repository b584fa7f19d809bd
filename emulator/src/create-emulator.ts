import { Emulator } from './emulator.js';
import { createSecrets, TokenIssuer, type IssuerSecrets } from './issuer/token-issuer.js';
import { assertNotInProduction } from './production.js';
import { readSeed } from './seed/read-seed.js';
import type { Seed } from './seed/seed.js';

/**
 * Options of {@link createEmulator}.
 *
 * @publicApi
 */
export interface EmulatorOptions {
  /**
   * The initial users, organizations, API keys and roles: a {@link Seed}, or the path of a JSON file with one, absolute or relative to the
   * working directory. Default: the roles `Owner`, `Admin` and `Member`, and nothing else.
   */
  readonly seed?: string | Seed;
  /** The auth URL, which is also the issuer of the tokens. Default: `https://auth.example.com`. */
  readonly authUrl?: string;
  /**
   * Origins of pages that may use the emulator, besides those of this machine, such as `https://app.example.com`: they may read responses,
   * and browsers may be sent to them. Default: none.
   */
  readonly allowedOrigins?: readonly string[];
  /**
   * Where your application receives webhooks: a URL of this machine or of one of the `allowedOrigins`. Every change is sent there, signed with
   * {@link TokenIssuer.webhookSecret}, in order, and again until the application accepts it. Default: changes are not sent.
   */
  readonly webhooks?: string;
  /** @internal The URL of the application that curl commands call. */
  readonly call?: string;
  /** @internal The name of the project, for pages. */
  readonly name?: string;
  /** @internal Prints a line on the terminal. */
  readonly say?: (line: string) => void;
  /** @internal Secrets that outlive this process. */
  readonly secrets?: IssuerSecrets;
}

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
