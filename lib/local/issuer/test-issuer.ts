import { SignJWT } from 'jose/jwt/sign';
import { parseOrigin } from '../../options/origin.js';
import type { PropelAuthModuleOptions } from '../../options/propel-auth-module-options.interface.js';
import { readUser } from '../../callers/token/user-claims.js';
import { asDeclared } from '../../types/as-declared.js';
import type { OrgRole } from '../../types/declared-types.js';
import type { OrgMemberInfo } from '../../types/org-member-info.js';
import type { User } from '../../types/user.js';
import { assertNotInProduction } from '../development-only.js';
import { AccessTokenClaims, type Claims } from './access-token-claims.js';
import { McpTokens, type TestMcpTokenOptions } from './mcp-tokens.js';
import { RoleHierarchy } from './role-hierarchy.js';
import { SeededIds } from './seeded-ids.js';
import {
  createWebhookSecret,
  signWebhook,
  type TestWebhook,
  type TestWebhookOptions,
} from './signed-webhook.js';
import { generateSigningKeys, type SigningKeys } from './signing-keys.js';
import type { TestOrgMembership, TestRole, TestUser } from './test-user.interface.js';

/** The same as PropelAuth's. */
export const ACCESS_TOKEN_LIFETIME_SECONDS = 30 * 60;

/** Not a real key: PropelAuth does not know it. */
const API_KEY = 'an-api-key-for-tests';

/** Not real credentials, either. */
const INTROSPECTION = {
  clientId: 'an-introspection-client-for-tests',
  clientSecret: 'an-introspection-secret-for-tests',
} as const;

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
 * Options of an access token.
 *
 * @publicApi
 */
export interface TestTokenOptions {
  /** The lifetime from `issuedAt`, in seconds. Negative for an expired token. Default: 1800. */
  readonly expiresInSeconds?: number;
  /** When the token was issued. Default: now. */
  readonly issuedAt?: Date;
  /** Claims that replace those of the user, for tokens that PropelAuth would not issue. `undefined` removes a claim. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

/**
 * Replaces a PropelAuth project in tests: it creates access tokens for any user, tokens of MCP clients and signed webhooks, and the module
 * options with which an application accepts them. It makes no network requests.
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
  /** The secret that signs webhooks: a random one, which {@link TestIssuer.moduleOptions} contain. */
  readonly webhookSecret = createWebhookSecret();
  /**
   * The credentials that introspection requires: `mcp.introspection`. {@link overridePropelAuth} sets them in an application that has the
   * option `mcp`.
   */
  readonly introspection: { readonly clientId: string; readonly clientSecret: string } =
    INTROSPECTION;
  /** @internal */
  readonly mcpTokens: McpTokens;
  /** @internal */
  readonly roles: RoleHierarchy;
  /** @internal */
  readonly ids: SeededIds;
  private readonly claims: AccessTokenClaims;
  private keys: SigningKeys;

  private constructor({ authUrl, roles, seed }: TestIssuerOptions, keys: SigningKeys) {
    this.authUrl = parseOrigin('authUrl', authUrl ?? 'https://auth.example.com').origin;
    this.roles = new RoleHierarchy(roles);
    this.ids = new SeededIds(seed ?? 'nestjs-propelauth');
    this.claims = new AccessTokenClaims(this.roles, this.ids);
    this.mcpTokens = new McpTokens(this.claims);
    this.keys = keys;
  }

  /**
   * Creates an issuer with a new key.
   *
   * @param options the auth URL and the roles of the project; see {@link TestIssuerOptions}
   * @returns the issuer
   * @throws {PropelAuthConfigurationError} for an invalid auth URL or invalid roles, and with `NODE_ENV=production`
   * @example
   * ```ts
   * const issuer = await TestIssuer.create({
   *   roles: [{ name: 'Admin', permissions: ['can_view_billing'] }, 'Member'],
   * });
   * ```
   */
  static async create(options: TestIssuerOptions = {}): Promise<TestIssuer> {
    assertNotInProduction('TestIssuer');
    return new TestIssuer(options, await generateSigningKeys());
  }

  /** @internal */
  static withKeys(options: TestIssuerOptions, keys: SigningKeys): TestIssuer {
    assertNotInProduction('TestIssuer');
    return new TestIssuer(options, keys);
  }

  /**
   * The options of `PropelAuthModule.forRoot()` with which an application accepts the tokens and webhooks. Spread them among your own, and
   * `webhooks` among yours: `webhooks: { ...issuer.moduleOptions.webhooks, path: '/webhooks' }`.
   */
  get moduleOptions(): Required<
    Pick<PropelAuthModuleOptions, 'authUrl' | 'apiKey' | 'manualTokenVerificationMetadata'>
  > & { webhooks: { secret: string } } {
    return {
      authUrl: this.authUrl,
      apiKey: API_KEY,
      manualTokenVerificationMetadata: { verifierKey: this.verifierKey, issuer: this.authUrl },
      webhooks: { secret: this.webhookSecret },
    };
  }

  /** The public key that verifies the tokens, as PEM. */
  get verifierKey(): string {
    return this.keys.publicKeyPem;
  }

  /**
   * Creates an access token.
   *
   * @param user the user
   * @param options lifetime and claims; see {@link TestTokenOptions}
   * @returns the token, for example for supertest's `.auth(token, { type: 'bearer' })`
   * @throws {PropelAuthConfigurationError} for a role that the issuer does not have, a duplicate organization, an `activeOrgId`
   * that is not among the user's orgs, and with `NODE_ENV=production`
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
   * Creates the value of an `Authorization` header.
   *
   * @param user the user
   * @param options as for {@link TestIssuer.accessToken}
   * @returns `Bearer` and the token
   * @throws {PropelAuthConfigurationError} like {@link TestIssuer.accessToken}
   * @example
   * ```ts
   * await fetch(url, { headers: { Authorization: await issuer.authorization(alice) } });
   * ```
   */
  async authorization(user: TestUser, options?: TestTokenOptions): Promise<string> {
    return `Bearer ${await this.accessToken(user, options)}`;
  }

  /**
   * Creates the access token of an MCP client. It is opaque: the application introspects it with the {@link FakePropelAuthApi} that
   * {@link overridePropelAuth} installs. The fake then knows the user and their organizations. Changes that you make there stay until you
   * describe the user differently.
   *
   * @param user the user who authorized the client
   * @param options scopes, organization and lifetime; see {@link TestMcpTokenOptions}
   * @returns the token, for example for supertest's `.auth(token, { type: 'bearer' })`
   * @throws {PropelAuthConfigurationError} like {@link TestIssuer.accessToken}, and for an `org` that is not among the user's orgs
   * @example
   * ```ts
   * const token = issuer.mcpToken(alice, { scopes: ['read:reports'], org: 'Acme Inc' });
   * const expired = issuer.mcpToken(alice, { expiresInSeconds: -120 });
   * ```
   */
  mcpToken(user: TestUser, options: TestMcpTokenOptions = {}): string {
    assertNotInProduction('TestIssuer');
    return this.mcpTokens.issue(user, options);
  }

  /**
   * Signs an event as PropelAuth does, for `webhooks.path` or a route under `@PropelAuthWebhook()`. The package `svix` has to be
   * installed, as for the application itself.
   *
   * @param event the event: any object that can be written as JSON
   * @param options the id and the time of the message, and the secret; see {@link TestWebhookOptions}
   * @returns the body and the headers of the request
   * @throws {PropelAuthConfigurationError} without the package `svix`, and with `NODE_ENV=production`
   * @see PropelAuth, "Webhooks"
   * @example
   * ```ts
   * const { headers, body } = issuer.webhook({ event_type: 'user.deleted', user_id: 'alice' });
   * await request(app.getHttpServer()).post('/webhooks/propelauth').set(headers).send(body).expect(204);
   * ```
   */
  async webhook(event: object, options: TestWebhookOptions = {}): Promise<TestWebhook> {
    assertNotInProduction('TestIssuer');
    const { secret = this.webhookSecret, messageId, sentAt } = options;
    return signWebhook(event, secret, messageId, sentAt);
  }

  /**
   * Creates a user as handlers get it: a real, deeply frozen `User`, for unit tests of a controller without HTTP.
   *
   * @param user the user
   * @returns the user as handlers get it
   * @throws {PropelAuthConfigurationError} like {@link TestIssuer.accessToken}
   * @example
   * ```ts
   * expect(reports.list(issuer.user(alice))).toEqual([]);
   * ```
   */
  user(user: TestUser): User {
    assertNotInProduction('TestIssuer');
    // Copied through JSON, like a token, so that the argument is not frozen.
    return asDeclared(readUser(JSON.parse(JSON.stringify(this.claims.of(user))) as Claims));
  }

  /**
   * Creates a membership as handlers get it from `@CurrentOrg()`: a real, deeply frozen `OrgMemberInfo`.
   *
   * @param membership the organization and the role
   * @returns the membership as handlers get it
   * @throws {PropelAuthConfigurationError} for a role that the issuer does not have, and with `NODE_ENV=production`
   * @example
   * ```ts
   * expect(reports.list(issuer.org({ orgName: 'Acme Inc', role: 'Admin' }))).toEqual([]);
   * ```
   */
  org(membership: TestOrgMembership): OrgMemberInfo {
    return this.user({ orgs: [membership] }).getOrgs()[0] as OrgMemberInfo;
  }

  /**
   * Returns the id of a user.
   *
   * @param user the user
   * @returns the `userId`, or its default, which is derived from the seed
   * @example
   * ```ts
   * await request(app.getHttpServer()).get(`/users/${issuer.userId(alice)}`);
   * ```
   */
  userId(user: TestUser): string {
    return this.claims.userIdOf(user);
  }

  /**
   * Returns the default id of an organization.
   *
   * @param orgName its name; default `Acme Inc`, as in {@link TestOrgMembership}
   * @returns the id, which is derived from the seed
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
   * Replaces the signing key. A running application rejects tokens with the new key. {@link TestIssuer.moduleOptions} have the new
   * key.
   *
   * @returns a promise that resolves once the key is replaced
   * @throws {PropelAuthConfigurationError} with `NODE_ENV=production`
   * @example
   * ```ts
   * await issuer.rotateKey();
   * await request(app.getHttpServer()).get('/').auth(await issuer.accessToken(alice), { type: 'bearer' }).expect(401);
   * ```
   */
  async rotateKey(): Promise<void> {
    assertNotInProduction('TestIssuer');
    this.keys = await generateSigningKeys();
  }
}
