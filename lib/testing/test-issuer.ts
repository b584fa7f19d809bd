import {
  assertNotInProduction,
  createSecrets,
  TokenIssuer,
  type IssuerSecrets,
} from 'propelauth-emulator';
import { readUser } from '../callers/user/user-claims.js';
import { parseOrigin } from '../options/origin.js';
import type { PropelAuthModuleOptions } from '../options/propel-auth-module-options.interface.js';
import { asDeclared } from '../types/as-declared.js';
import type { OrgRole } from '../types/declared-types.js';
import type { OrgMemberInfo } from '../types/org-member-info.js';
import type { User } from '../types/user.js';
import type { TestOrgMembership, TestRole, TestUser } from './test-user.interface.js';

/**
 * Options of {@link TestIssuer.create}.
 *
 * @publicApi
 */
export interface TestIssuerOptions {
  /** The auth URL, which is also the issuer of the tokens. Default: `https://auth.example.com`. */
  readonly authUrl?: string;
  /**
   * All roles of the project, highest first, as names or with their permissions. Default: `Owner`, `Admin`, `Member`, without
   * permissions.
   */
  readonly roles?: readonly (OrgRole | TestRole)[];
  /** The seed of default ids. Default: a fixed one. */
  readonly seed?: string;
}

/**
 * Creates access tokens for any user, tokens of MCP clients and signed webhooks, and the module options with which an application accepts
 * them. It makes no network requests. {@link createEmulator} creates one with a whole PropelAuth around it.
 *
 * @example
 * ```ts
 * const issuer = await TestIssuer.create({ roles: ['Owner', 'Admin', 'Member'] });
 * const moduleRef = await Test.createTestingModule({
 *   imports: [PropelAuthModule.forRoot(issuer.moduleOptions)],
 * }).compile();
 * const app = await moduleRef.createNestApplication().init();
 * await request(app.getHttpServer())
 *   .get('/')
 *   .auth(await issuer.accessToken({ email: 'alice@example.com' }), { type: 'bearer' })
 *   .expect(200);
 * ```
 *
 * @publicApi
 */
export class TestIssuer extends TokenIssuer<TestUser> {
  /** @internal */
  constructor({ authUrl, ...options }: TestIssuerOptions, secrets: IssuerSecrets) {
    const origin = authUrl === undefined ? undefined : parseOrigin('authUrl', authUrl).origin;
    super({ ...options, authUrl: origin }, secrets);
  }

  /**
   * Creates an issuer with a new key.
   *
   * @param options the auth URL and the roles of the project; see {@link TestIssuerOptions}
   * @returns the issuer
   * @throws {PropelAuthConfigurationError} for an invalid auth URL
   * @throws `EmulatorError` for invalid roles, and with `NODE_ENV=production`
   * @example
   * ```ts
   * const issuer = await TestIssuer.create({
   *   roles: [{ name: 'Admin', permissions: ['can_view_billing'] }, 'Member'],
   * });
   * ```
   */
  static async create(options: TestIssuerOptions = {}): Promise<TestIssuer> {
    assertNotInProduction('TestIssuer');
    return new TestIssuer(options, await createSecrets());
  }

  /**
   * The options of `PropelAuthModule.forRoot()` with which an application accepts the tokens. Spread them among your own. To accept the
   * webhooks, add `webhooks: { secret: issuer.webhookSecret, path: '/webhooks' }`.
   */
  get moduleOptions(): Required<
    Pick<PropelAuthModuleOptions, 'authUrl' | 'apiKey' | 'manualTokenVerificationMetadata'>
  > {
    return {
      authUrl: this.authUrl,
      apiKey: this.apiKey,
      manualTokenVerificationMetadata: { verifierKey: this.verifierKey, issuer: this.authUrl },
    };
  }

  /**
   * Creates a user as handlers get it: a real, deeply frozen `User`, for unit tests of a controller without HTTP.
   *
   * @param user the user
   * @returns the user as handlers get it
   * @throws `EmulatorError` like {@link TestIssuer.accessToken}
   * @example
   * ```ts
   * expect(reports.list(issuer.user(alice))).toEqual([]);
   * ```
   */
  user(user: TestUser): User {
    assertNotInProduction('TestIssuer');
    // Copied through JSON, like a token, so that the argument is not frozen.
    const claims: unknown = JSON.parse(JSON.stringify(this.claimsOf(user)));
    return asDeclared(readUser(claims as Parameters<typeof readUser>[0]));
  }

  /**
   * Creates a membership as handlers get it from `@CurrentOrg()`: a real, deeply frozen `OrgMemberInfo`.
   *
   * @param membership the organization and the role
   * @returns the membership as handlers get it
   * @throws `EmulatorError` for a role that the issuer does not have, and with `NODE_ENV=production`
   * @example
   * ```ts
   * expect(reports.list(issuer.org({ orgName: 'Acme Inc', role: 'Admin' }))).toEqual([]);
   * ```
   */
  org(membership: TestOrgMembership): OrgMemberInfo {
    return this.user({ orgs: [membership] }).getOrgs()[0] as OrgMemberInfo;
  }
}
