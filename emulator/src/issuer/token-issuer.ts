import { SignJWT } from 'jose/jwt/sign';
import { EmulatorError } from '../emulator.error.js';
import { assertNotInProduction } from '../production.js';
import { RoleHierarchy } from '../project/role-hierarchy.js';
import { SeededIds } from '../project/seeded-ids.js';
import type {
  MembershipDescription,
  RoleDescription,
  UserDescription,
} from '../project/user-description.js';
import { newToken } from '../texts.js';
import { AccessTokenClaims, type Claims } from './access-token-claims.js';
import { McpTokens, type McpTokenOptions } from './mcp-tokens.js';
import {
  createWebhookSecret,
  signWebhook,
  type SignedWebhook,
  type WebhookOptions,
} from './signed-webhook.js';
import { generateSigningKeys, type SigningKeys } from './signing-keys.js';

/** Tells the tokens from those of PropelAuth. nestjs-propelauth rejects them with `NODE_ENV=production`, whatever its keys. */
const EMULATOR_CLAIM = { propelauth_emulator: true };

/** The same as PropelAuth's. */
export const ACCESS_TOKEN_LIFETIME_SECONDS = 30 * 60;

/**
 * Options of a {@link TokenIssuer}.
 *
 * @publicApi
 */
export interface TokenIssuerOptions {
  /** The auth URL, which is also the issuer of the tokens. Default: `https://auth.example.com`. */
  readonly authUrl?: string;
  /**
   * All roles of the project, highest first, as names or with their permissions. Default: `Owner`, `Admin`, `Member`, without
   * permissions.
   */
  readonly roles?: readonly (string | RoleDescription)[];
  /** The seed of default ids. Default: a fixed one. */
  readonly seed?: string;
}

/** What an issuer signs with, and what applications authenticate with. It outlives a restart of the server. */
export interface IssuerSecrets {
  readonly keys: SigningKeys;
  readonly apiKey: string;
  readonly webhookSecret: string;
  readonly introspection: IntrospectionCredentials;
  /** Signs the cookies of the pages. */
  readonly cookieKey: string;
}

/** What resource servers authenticate with at the introspection endpoint: in PropelAuth, they are in the dashboard. */
export interface IntrospectionCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/**
 * Options of an access token.
 *
 * @publicApi
 */
export interface TokenOptions {
  /** The lifetime from `issuedAt`, in seconds. Negative for an expired token. Default: 1800. */
  readonly expiresInSeconds?: number;
  /** When the token was issued. Default: now. */
  readonly issuedAt?: Date;
  /** Claims that replace those of the user, for tokens that PropelAuth would not issue. `undefined` removes a claim. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** New secrets. Only the key and the webhook secret are secret: PropelAuth knows none of the others. */
export async function createSecrets(): Promise<IssuerSecrets> {
  return {
    keys: await generateSigningKeys(),
    apiKey: 'emulator_api_key_for_tests',
    webhookSecret: createWebhookSecret(),
    introspection: { clientId: 'emulator_mcp_server', clientSecret: 'emulator_secret_for_tests' },
    cookieKey: newToken(),
  };
}

/**
 * Creates access tokens for any user, tokens of MCP clients and signed webhooks, like PropelAuth. It makes no network requests.
 *
 * @typeParam User how users are described. Default: any role and permission has a name
 * @publicApi
 */
export class TokenIssuer<User extends UserDescription = UserDescription> {
  /** The auth URL: the `iss` claim of the tokens. */
  readonly authUrl: string;
  /** The secret that signs webhooks. */
  readonly webhookSecret: string;
  /** The credentials that introspection requires. */
  readonly introspection: IntrospectionCredentials;
  /** The API key of the project. It begins with `emulator_`, so that a call that reaches PropelAuth by mistake is noticed. */
  readonly apiKey: string;
  /** @internal */
  readonly cookieKey: string;
  /** @internal */
  readonly mcpTokens: McpTokens;
  /** @internal */
  readonly roles: RoleHierarchy;
  /** @internal */
  readonly ids: SeededIds;
  private readonly claims: AccessTokenClaims;
  private readonly listeners = new Set<(user: UserDescription) => void>();
  private keys: SigningKeys;

  /** @internal */
  constructor({ authUrl, roles, seed }: TokenIssuerOptions, secrets: IssuerSecrets) {
    this.authUrl = readOrigin(authUrl ?? 'https://auth.example.com');
    this.roles = new RoleHierarchy(roles);
    this.ids = new SeededIds(seed ?? 'nestjs-propelauth');
    this.claims = new AccessTokenClaims(this.roles, this.ids);
    this.mcpTokens = new McpTokens(this.claims);
    this.keys = secrets.keys;
    this.apiKey = secrets.apiKey;
    this.webhookSecret = secrets.webhookSecret;
    this.introspection = secrets.introspection;
    this.cookieKey = secrets.cookieKey;
  }

  /** The public key that verifies the tokens, as PEM. */
  get verifierKey(): string {
    return this.keys.publicKeyPem;
  }

  /**
   * Creates an access token. An emulator of this issuer then knows the user and their organizations. Changes that you make there stay until
   * you describe the user differently.
   *
   * @param user the user
   * @param options lifetime and claims; see {@link TokenOptions}
   * @returns the token
   * @throws {EmulatorError} for an unknown role, a duplicate organization, an `activeOrgId` that is not among the user's orgs, and with
   * `NODE_ENV=production`
   * @example
   * ```ts
   * const expired = await issuer.accessToken(alice, { expiresInSeconds: -120 });
   * ```
   */
  accessToken(user: User, options: TokenOptions = {}): Promise<string> {
    const signing = this.sign(user, options).then((token) => {
      this.tell(user);
      return token;
    });
    return failsAsText(signing, 'accessToken()');
  }

  /**
   * Creates the value of an `Authorization` header.
   *
   * @param user the user
   * @param options as for {@link TokenIssuer.accessToken}
   * @returns `Bearer` and the token
   * @throws {EmulatorError} like {@link TokenIssuer.accessToken}
   * @example
   * ```ts
   * await fetch(url, { headers: { Authorization: await issuer.authorization(alice) } });
   * ```
   */
  authorization(user: User, options?: TokenOptions): Promise<string> {
    const value = this.accessToken(user, options).then((token) => `Bearer ${token}`);
    return failsAsText(value, 'authorization()');
  }

  /**
   * Creates the access token of an MCP client. It is opaque: only introspection tells whose it is.
   *
   * @param user the user who authorized the client
   * @param options scopes, organization and lifetime; see {@link McpTokenOptions}
   * @returns the token
   * @throws {EmulatorError} like {@link TokenIssuer.accessToken}, and for an `org` that is not among the user's orgs
   * @example
   * ```ts
   * const token = issuer.mcpToken(alice, { scopes: ['read:reports'], org: 'Acme Inc' });
   * const expired = issuer.mcpToken(alice, { expiresInSeconds: -120 });
   * ```
   */
  mcpToken(user: User, options: McpTokenOptions = {}): string {
    assertNotInProduction('mcpToken()');
    const token = this.mcpTokens.issue(user, options);
    this.tell(user);
    return token;
  }

  /**
   * Signs an event as PropelAuth does.
   *
   * @param event the event: any object that can be written as JSON
   * @param options the id and the time of the message, and the secret; see {@link WebhookOptions}
   * @returns the body and the headers of the request
   * @throws {EmulatorError} with `NODE_ENV=production`
   * @see PropelAuth, "Webhooks"
   * @example
   * ```ts
   * const { headers, body } = issuer.webhook({ event_type: 'user.deleted', user_id: 'alice' });
   * await fetch(url, { method: 'POST', headers, body });
   * ```
   */
  webhook(event: object, options: WebhookOptions = {}): SignedWebhook {
    assertNotInProduction('webhook()');
    return signWebhook(event, options.secret ?? this.webhookSecret, options);
  }

  /**
   * Returns the id of a user.
   *
   * @param user the user
   * @returns the `userId`, or its default, which is derived from the seed
   * @example
   * ```ts
   * await fetch(`${url}/users/${issuer.userId(alice)}`);
   * ```
   */
  userId(user: User): string {
    return this.claims.userIdOf(user);
  }

  /**
   * Returns the default id of an organization.
   *
   * @param orgName its name; default `Acme Inc`, as in {@link MembershipDescription}
   * @returns the id, which is derived from the seed
   * @example
   * ```ts
   * await fetch(`${url}/orgs/${issuer.orgId('Acme Inc')}/reports`);
   * ```
   */
  orgId(orgName?: string): string {
    return this.claims.orgIdOf({ orgName });
  }

  /**
   * Replaces the signing key. {@link TokenIssuer.verifierKey} is then the new one.
   *
   * @returns a promise that resolves once the key is replaced
   * @throws {EmulatorError} with `NODE_ENV=production`
   * @example
   * ```ts
   * await issuer.rotateKey();
   * ```
   */
  async rotateKey(): Promise<void> {
    assertNotInProduction('rotateKey()');
    this.keys = await generateSigningKeys();
  }

  /** @internal The claims of an access token of the user. */
  claimsOf(user: UserDescription): Claims {
    return this.claims.of(user);
  }

  /** @internal */
  orgOf(membership: MembershipDescription): { orgId: string; name: string } {
    return { orgId: this.claims.orgIdOf(membership), name: this.claims.orgNameOf(membership) };
  }

  /** @internal Creates an access token without telling anyone of its user. */
  async sign(user: UserDescription, options: TokenOptions = {}): Promise<string> {
    assertNotInProduction('accessToken()');
    const { expiresInSeconds = ACCESS_TOKEN_LIFETIME_SECONDS, issuedAt, claims } = options;
    const iat = Math.floor((issuedAt?.getTime() ?? Date.now()) / 1000);
    const registered = { iss: this.authUrl, iat, exp: iat + expiresInSeconds };
    return new SignJWT({ ...this.claims.of(user), ...registered, ...EMULATOR_CLAIM, ...claims })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
      .sign(this.keys.privateKey);
  }

  /**
   * @internal Calls a listener for the user of each token from now on, and for those of MCP clients' tokens so far.
   * @returns a function that ends it
   */
  onUser(listener: (user: UserDescription) => void): () => void {
    this.mcpTokens.users.forEach(listener);
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  private tell(user: UserDescription): void {
    for (const listener of this.listeners) listener(user);
  }
}

function readOrigin(authUrl: string): string {
  const url = URL.canParse(authUrl) ? new URL(authUrl) : undefined;
  const isOrigin =
    url !== undefined && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`;
  if (isOrigin) return url.origin;
  throw new EmulatorError(
    'authUrl is not an origin. Set it to one without a path, such as https://auth.example.com or http://localhost:4000.',
  );
}

/** A promise that says what to do where a template or a header takes it for text. A server would only answer 401. */
function failsAsText<Value>(promise: Promise<Value>, call: string): Promise<Value> {
  const toString = () => {
    throw new EmulatorError(
      `${call} returns a promise. Add await: await issuer.${call.replace('()', '(user)')}.`,
    );
  };
  return Object.defineProperty(promise, 'toString', { value: toString });
}
