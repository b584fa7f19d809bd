import { randomBytes, randomUUID } from 'node:crypto';
import type { ApiKeyRecord, Emulator, McpTokenOptions, TokenOptions } from 'propelauth-emulator';
import type { TestEmulator } from '../../test-emulator.js';
import { TestIssuer } from '../../test-issuer.js';
import type { TestOrgMembership, TestUser } from '../../test-user.interface.js';
import type { NamedOrg } from '../entry-point.js';
import type { OrgMembership } from '../org-memberships.js';

/** A user, described by their organizations. */
interface Account {
  readonly orgs: readonly { readonly org: NamedOrg; readonly membership: OrgMembership }[];
  /** Whether access tokens have the first organization as the active one. */
  readonly hasActiveOrg?: boolean;
  /** Tells users in the same organizations apart. Default: 1. */
  readonly number?: number;
}

/** An API key, as far as rules look at it. */
export type TestKey = Partial<Pick<ApiKeyRecord, 'userId' | 'orgId' | 'isImported' | 'metadata'>>;

const HOUR_SECONDS = 3_600;

/**
 * The users, tokens, API keys and grants of one run of `toHold()`. Equal ones are created once, because many handlers need the same. They
 * stay in the application's emulator until {@link remove}.
 */
export class TestAccounts {
  readonly issuer: TestIssuer;
  readonly #emulator: TestEmulator;
  readonly #project: Emulator['core']['project'];
  readonly #made = new Map<string, unknown>();
  readonly #userIds: string[] = [];
  readonly #orgIds: string[] = [];
  readonly #apiKeyIds: string[] = [];
  readonly #grants: string[] = [];
  readonly #mcpTokens: string[] = [];

  constructor(emulator: TestEmulator) {
    this.issuer = emulator.issuer;
    this.#emulator = emulator;
    this.#project = emulator.core.project;
  }

  /**
   * The organization with an id, and the name that the emulator knows. Without a known name, the id is the name, so that every source finds
   * it.
   */
  org(orgId: string): NamedOrg {
    const name = this.#project.orgs.get(orgId)?.url_safe_org_slug;
    return { orgId, urlSafeOrgName: name ?? orgId };
  }

  user({ orgs, hasActiveOrg = false, number = 1 }: Account): TestUser {
    return this.#once(['user', orgs, hasActiveOrg, number], () => {
      const userId = randomUUID();
      const user: TestUser = {
        userId,
        email: `${userId}@access-matrix.example.com`,
        orgs: orgs.map(({ org, membership }) => membershipIn(org, membership)),
        ...(hasActiveOrg && { activeOrgId: orgs[0]?.org.orgId }),
      };
      this.#userIds.push(userId);
      orgs.forEach(({ org }) => this.addOrg(org));
      this.#emulator.addUser(user);
      return user;
    });
  }

  accessToken(user: TestUser, options: TokenOptions = {}): Promise<string> {
    // Claims as a text: a claim that is `undefined` is left out of the token.
    const key = [
      'token',
      user,
      String(options.expiresInSeconds),
      Object.keys(options.claims ?? {}),
    ];
    return this.#once(key, () => this.issuer.accessToken(user, options));
  }

  expiredAccessToken(user: TestUser): Promise<string> {
    return this.accessToken(user, { expiresInSeconds: -HOUR_SECONDS });
  }

  accessTokenOfAnotherIssuer(user: TestUser): Promise<string> {
    return this.#once(['token of another issuer', user], async () => {
      const other = await anotherIssuerThan(this.issuer);
      return other.accessToken(user);
    });
  }

  /** An API key of a user, of an organization, of both or of nobody. */
  apiKey(key: TestKey): string {
    return this.#apiKey(key, false);
  }

  expiredApiKey(key: TestKey): string {
    return this.#apiKey(key, true);
  }

  unknownApiKey(): string {
    return this.#once(['unknown API key'], unknownSecret);
  }

  /** The token of an MCP client. */
  mcpToken(user: TestUser, options: McpTokenOptions): string {
    return this.#once(['MCP token', user, options], () => {
      const token = this.issuer.mcpTokens.add(user, options);
      this.#mcpTokens.push(token);
      return token;
    });
  }

  expiredMcpToken(user: TestUser, options: McpTokenOptions): string {
    return this.mcpToken(user, { ...options, expiresInSeconds: -HOUR_SECONDS });
  }

  /** A step-up grant that can be used for many calls. */
  grant(userId: string, actionType: string): string {
    return this.#once(['grant', userId, actionType], () => {
      const grant = unknownSecret();
      const expiresAt = this.#project.now() + HOUR_SECONDS;
      this.#project.grants.set(grant, { userId, actionType, isForOneUse: false, expiresAt });
      this.#grants.push(grant);
      return grant;
    });
  }

  /** Adds an organization, unless the emulator has it. */
  addOrg({ orgId, urlSafeOrgName }: NamedOrg): void {
    if (this.#project.orgs.has(orgId)) return;
    const names = { name: urlSafeOrgName, url_safe_org_slug: urlSafeOrgName };
    this.#orgIds.push(orgId);
    this.#project.addOrg({ org_id: orgId, ...names });
  }

  /** Removes the accounts and credentials from the emulator. */
  remove(): void {
    for (const userId of this.#userIds) this.#project.forgetUser(userId);
    for (const id of this.#apiKeyIds) this.#project.apiKeys.delete(id);
    for (const grant of this.#grants) this.#project.grants.delete(grant);
    for (const token of this.#mcpTokens) this.issuer.mcpTokens.remove(token);
    for (const orgId of this.#orgIds) this.#project.removeOrg(orgId);
  }

  #apiKey(key: TestKey, isExpired: boolean): string {
    return this.#once(['API key', key, isExpired], () => {
      const id = randomUUID();
      const token = unknownSecret();
      const createdAt = this.#project.now();
      this.#project.apiKeys.set(id, {
        metadata: {},
        isImported: false,
        ...key,
        id,
        token,
        createdAt,
        isArchived: false,
        ...(isExpired && { expiresAt: createdAt - HOUR_SECONDS }),
      });
      this.#apiKeyIds.push(id);
      return token;
    });
  }

  #once<Made>(key: readonly unknown[], make: () => Made): Made {
    const text = JSON.stringify(key);
    if (!this.#made.has(text)) this.#made.set(text, make());
    return this.#made.get(text) as Made;
  }
}

function membershipIn(
  { orgId, urlSafeOrgName }: NamedOrg,
  { role, permissions }: OrgMembership,
): TestOrgMembership {
  // The roles and permissions of the issuer, which the compiler does not know.
  const access = { role, permissions } as Pick<TestOrgMembership, 'role' | 'permissions'>;
  return { orgId, orgName: urlSafeOrgName, urlSafeOrgName, ...access };
}

function unknownSecret(): string {
  return randomBytes(32).toString('hex');
}

const otherIssuers = new WeakMap<TestIssuer, Promise<TestIssuer>>();

/** Another issuer with the same roles. All runs share it, because creating a key pair takes longer than most calls. */
function anotherIssuerThan(issuer: TestIssuer): Promise<TestIssuer> {
  const known = otherIssuers.get(issuer);
  if (known !== undefined) return known;
  const roles = issuer.roles.names as TestOrgMembership['role'][];
  const other = TestIssuer.create({ authUrl: 'https://another-issuer.example.com', roles });
  otherIssuers.set(issuer, other);
  return other;
}
