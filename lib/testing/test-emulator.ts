import {
  createSecrets,
  Emulator,
  readSeed,
  type CheckedSeed,
  type Seed,
} from 'propelauth-emulator';
import { assertNotInProduction } from './development-only.js';
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
export class TestEmulator extends Emulator {
  /** Creates access tokens, tokens of MCP clients and signed webhooks. The emulator knows every user of its tokens. */
  declare readonly issuer: TestIssuer;

  /** @internal */
  constructor(issuer: TestIssuer, seed: CheckedSeed = readSeed({})) {
    super(issuer, seed);
  }

  /**
   * Adds a user and their organizations. An existing user is replaced, and leaves the organizations that are not listed.
   *
   * @param user the user, as for {@link TestIssuer.accessToken}
   * @param options `mfaEnabled`: whether the user has set up MFA by TOTP; default `false`
   * @returns the id of the user
   * @throws `EmulatorError` for a role that the project does not have
   * @example
   * ```ts
   * const userId = emulator.addUser({ email: 'bob@example.com', orgs: [{ orgName: 'Acme Inc', role: 'Admin' }] });
   * ```
   */
  override addUser(user: TestUser, options?: { mfaEnabled?: boolean }): string {
    return super.addUser(user, options);
  }

  /**
   * Describes a user of the seed, or one that was added, as they are now.
   *
   * @param name the username or the email address
   * @returns the user, for {@link TestIssuer.accessToken}
   * @throws `EmulatorError` if there is no such user; it names those that there are
   * @example
   * ```ts
   * const token = await emulator.issuer.accessToken(emulator.user('alice'));
   * ```
   */
  override user(name: string): TestUser {
    // The compiler does not see the seed, so it cannot compare the seed's roles with declared ones.
    return super.user(name) as TestUser;
  }
}

/**
 * Creates a PropelAuth in memory, for the tests of a Nest application. Give it to {@link overridePropelAuth}.
 *
 * @param options the seed and the auth URL; see {@link TestEmulatorOptions}
 * @returns the emulator
 * @throws `EmulatorError` for an invalid seed, and `PropelAuthConfigurationError` for an invalid auth URL and with
 * `NODE_ENV=production`
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
  // Cast for the same reason as in user().
  const roles = seed.roles as TestIssuerOptions['roles'];
  return new TestEmulator(
    new TestIssuer({ authUrl: options.authUrl, roles }, await createSecrets()),
    seed,
  );
}
