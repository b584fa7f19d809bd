import {
  assertNotInProduction,
  createSecrets,
  Emulator,
  readSeed,
  type CheckedSeed,
  type Seed,
} from 'propelauth-emulator';
import { TestIssuer, type TestIssuerOptions } from './test-issuer.js';
import type { TestUser } from './test-user.interface.js';

/**
 * Options of {@link createEmulator}.
 *
 * @publicApi
 */
export interface TestEmulatorOptions {
  /**
   * The initial users, organizations, API keys and roles: a `Seed`, or the path of a JSON file with one, absolute or relative to the working
   * directory. Default: the roles `Owner`, `Admin` and `Member`, and nothing else.
   */
  readonly seed?: string | Seed;
  /** The auth URL, which is also the issuer of the tokens. Default: `https://auth.example.com`. */
  readonly authUrl?: string;
}

/**
 * PropelAuth in memory, for the tests of a Nest application: an `Emulator` of `propelauth-emulator` whose issuer is a {@link TestIssuer}.
 *
 * @example
 * ```ts
 * const emulator: TestEmulator = await createEmulator();
 * const token = await emulator.issuer.accessToken({ email: 'alice@example.com' });
 * ```
 *
 * @publicApi
 */
export class TestEmulator extends Emulator<TestUser> {
  /** Creates access tokens, tokens of MCP clients and signed webhooks. The emulator knows every user of its tokens. */
  declare readonly issuer: TestIssuer;

  /** @internal */
  constructor(issuer: TestIssuer, seed: CheckedSeed = readSeed({})) {
    super(issuer, seed);
  }
}

/**
 * Creates a PropelAuth in memory, for the tests of a Nest application. Give it to {@link overridePropelAuth}.
 *
 * @param options the seed and the auth URL; see {@link TestEmulatorOptions}
 * @returns the emulator
 * @throws `EmulatorError` for an invalid seed and with `NODE_ENV=production`, and `PropelAuthConfigurationError` for an invalid auth URL
 * @example
 * ```ts
 * const emulator = await createEmulator({ seed: 'propelauth.emulator.json' });
 * const moduleRef = await overridePropelAuth(Test.createTestingModule({ imports: [AppModule] }), { emulator }).compile();
 * ```
 *
 * @publicApi
 */
export async function createEmulator(options: TestEmulatorOptions = {}): Promise<TestEmulator> {
  assertNotInProduction('createEmulator()');
  const seed = readSeed(options.seed ?? {});
  // The compiler does not see the seed, so it cannot compare its roles with declared ones.
  const roles = seed.roles as TestIssuerOptions['roles'];
  return new TestEmulator(
    new TestIssuer({ authUrl: options.authUrl, roles }, await createSecrets()),
    seed,
  );
}
