import { SignJWT } from 'jose/jwt/sign';
import { exportSPKI } from 'jose/key/export';
import { generateKeyPair } from 'jose/key/generate/keypair';
import type { CryptoKey } from 'jose';
import { parseOrigin } from '../../options/origin.js';
import type { PropelAuthModuleOptions } from '../../options/propel-auth-module-options.interface.js';
import { readUser } from '../../callers/token/user-claims.js';
import { asDeclared } from '../../types/as-declared.js';
import type { OrgRole } from '../../types/declared-types.js';
import type { OrgMemberInfo } from '../../types/org-member-info.js';
import type { User } from '../../types/user.js';
import { assertNotInProduction } from '../development-only.js';
import { AccessTokenClaims, type Claims } from './access-token-claims.js';
import { RoleHierarchy } from './role-hierarchy.js';
import { SeededIds } from './seeded-ids.js';
import type { TestOrgMembership, TestRole, TestUser } from './test-user.interface.js';

/** As long as those of PropelAuth. */
export const ACCESS_TOKEN_LIFETIME_SECONDS = 30 * 60;

/** Signs nothing and opens nothing: PropelAuth has never heard of it. */
const API_KEY = 'an-api-key-for-tests';

/**
 * What {@link TestIssuer.create} takes.
 *
 * @publicApi
 */
export interface TestIssuerOptions {
  /** The auth URL, which is also the issuer of the tokens. Default: `https://auth.example.com`. */
  readonly authUrl?: string;
  /**
   * All roles of the project, highest first, by name or with the permissions that they give. Default: `Owner`, `Admin`,
   * `Member`, without permissions.
   */
  readonly roles?: readonly (OrgRole | TestRole)[];
  /** What ids that are left out are made from. Default: a fixed one. */
  readonly seed?: string;
}

/**
 * How an access token differs from one that PropelAuth would issue now.
 *
 * @publicApi
 */
export interface TestTokenOptions {
  /** How long the token is valid from `issuedAt` on, in seconds; a negative one has expired. Default: 1800. */
  readonly expiresInSeconds?: number;
  /** When the token was issued. Default: now. */
  readonly issuedAt?: Date;
  /** Claims in place of those of the user, for tokens that PropelAuth would not issue; `undefined` takes a claim away. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

/**
 * Stands in for a PropelAuth project in tests: makes access tokens for people that you describe, and the options with which
 * an application accepts them. Nothing goes over the network.
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
export class TestIssuer {
  /** The auth URL: the `iss` claim of the tokens. */
  readonly authUrl: string;
  /** @internal */
  readonly roles: RoleHierarchy;
  /** @internal */
  readonly ids: SeededIds;
  private readonly claims: AccessTokenClaims;
  private keys: Keys;

  private constructor({ authUrl, roles, seed }: TestIssuerOptions, keys: Keys) {
    this.authUrl = parseOrigin('authUrl', authUrl ?? 'https://auth.example.com').origin;
    this.roles = new RoleHierarchy(roles);
    this.ids = new SeededIds(seed ?? 'nestjs-propelauth');
    this.claims = new AccessTokenClaims(this.roles, this.ids);
    this.keys = keys;
  }

  /**
   * Makes an issuer with a key of its own.
   *
   * @param options the project that it stands for; see {@link TestIssuerOptions}
   * @returns the issuer
   * @throws {PropelAuthConfigurationError} for an auth URL or roles that no project can have, and under
   * `NODE_ENV=production`
   * @example
   * ```ts
   * const issuer = await TestIssuer.create({
   *   roles: [{ name: 'Admin', permissions: ['can_view_billing'] }, 'Member'],
   * });
   * ```
   */
  static async create(options: TestIssuerOptions = {}): Promise<TestIssuer> {
    assertNotInProduction('TestIssuer');
    return new TestIssuer(options, await generateKeys());
  }

  /** Options of `PropelAuthModule.forRoot()` with which an application accepts the tokens, to spread among others. */
  get moduleOptions(): Required<
    Pick<PropelAuthModuleOptions, 'authUrl' | 'apiKey' | 'manualTokenVerificationMetadata'>
  > {
    return {
      authUrl: this.authUrl,
      apiKey: API_KEY,
      manualTokenVerificationMetadata: { verifierKey: this.verifierKey, issuer: this.authUrl },
    };
  }

  /** The public key that verifies the tokens, as PEM text. */
  get verifierKey(): string {
    return this.keys.publicKeyPem;
  }

  /**
   * An access token.
   *
   * @param user whose it is
   * @param options how it differs from one that PropelAuth would issue now; see {@link TestTokenOptions}
   * @returns the token
   * @throws {PropelAuthConfigurationError} for a role that the issuer does not have, an organization that is there twice, an
   * `activeOrgId` that is not among the user's orgs, and under `NODE_ENV=production`
   * @example
   * ```ts
   * const expired = await issuer.accessToken(alice, { expiresInSeconds: -120 });
   * ```
   */
  async accessToken(user: TestUser, options: TestTokenOptions = {}): Promise<string> {
    assertNotInProduction('TestIssuer');
    const { expiresInSeconds = ACCESS_TOKEN_LIFETIME_SECONDS, issuedAt, claims } = options;
    const iat = Math.floor((issuedAt?.getTime() ?? Date.now()) / 1000);
    const registered = { iss: this.authUrl, iat, exp: iat + expiresInSeconds };
    return new SignJWT({ ...this.claims.of(user), ...registered, ...claims })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
      .sign(this.keys.privateKey);
  }

  /**
   * The value of an `Authorization` header.
   *
   * @param user whose token is in it
   * @param options as for {@link TestIssuer.accessToken}
   * @returns `Bearer` and the token
   * @throws {PropelAuthConfigurationError} as {@link TestIssuer.accessToken} does
   * @example
   * ```ts
   * await fetch(url, { headers: { Authorization: await issuer.authorization(alice) } });
   * ```
   */
  async authorization(user: TestUser, options?: TestTokenOptions): Promise<string> {
    return `Bearer ${await this.accessToken(user, options)}`;
  }

  /**
   * A user as the guard gives it to handlers: a real, deeply frozen `User`, for unit tests of a controller without HTTP.
   *
   * @param user who it is
   * @returns the user
   * @throws {PropelAuthConfigurationError} as {@link TestIssuer.accessToken} does
   * @example
   * ```ts
   * expect(reports.list(issuer.user(alice))).toEqual([]);
   * ```
   */
  user(user: TestUser): User {
    assertNotInProduction('TestIssuer');
    // Through JSON, as a token is: the values that were given stay as they are, and are not frozen.
    return asDeclared(readUser(JSON.parse(JSON.stringify(this.claims.of(user))) as Claims));
  }

  /**
   * A membership as `@CurrentOrg()` gives it to handlers: a real, deeply frozen `OrgMemberInfo`.
   *
   * @param membership in which organization, and with which role
   * @returns the membership
   * @throws {PropelAuthConfigurationError} for a role that the issuer does not have, and under `NODE_ENV=production`
   * @example
   * ```ts
   * expect(reports.list(issuer.org({ orgName: 'Acme Inc', role: 'Admin' }))).toEqual([]);
   * ```
   */
  org(membership: TestOrgMembership): OrgMemberInfo {
    return this.user({ orgs: [membership] }).getOrgs()[0] as OrgMemberInfo;
  }

  /**
   * The id of a user.
   *
   * @param user who it is
   * @returns the `userId`, made from the seed if it is left out
   * @example
   * ```ts
   * await request(app.getHttpServer()).get(`/users/${issuer.userId(alice)}`);
   * ```
   */
  userId(user: TestUser): string {
    return this.claims.userIdOf(user);
  }

  /**
   * The id of an organization whose `orgId` is left out.
   *
   * @param orgName its name; default `Acme Inc`, as in {@link TestOrgMembership}
   * @returns the id, made from the seed
   * @example
   * ```ts
   * await request(app.getHttpServer()).get(`/orgs/${issuer.orgId('Acme Inc')}/reports`);
   * ```
   */
  orgId(orgName?: string): string {
    return this.claims.orgIdOf({ orgName });
  }

  /** @internal */
  claimsOf(user: TestUser): Claims {
    return this.claims.of(user);
  }

  /**
   * Signs with a new key from now on. An application that was set up before refuses the new tokens, as it does those of a
   * stranger; {@link TestIssuer.moduleOptions} have the new key.
   *
   * @returns when there is a new key
   * @throws {PropelAuthConfigurationError} under `NODE_ENV=production`
   * @example
   * ```ts
   * await issuer.rotateKey();
   * await request(app.getHttpServer()).get('/').auth(await issuer.accessToken(alice), { type: 'bearer' }).expect(401);
   * ```
   */
  async rotateKey(): Promise<void> {
    assertNotInProduction('TestIssuer');
    this.keys = await generateKeys();
  }
}

interface Keys {
  readonly privateKey: CryptoKey;
  readonly publicKeyPem: string;
}

async function generateKeys(): Promise<Keys> {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  return { privateKey, publicKeyPem: await exportSPKI(publicKey) };
}
