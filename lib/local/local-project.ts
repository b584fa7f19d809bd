import { FakePropelAuthApi } from './fake-api/fake-propel-auth-api.js';
import type { ApiKeyRecord, UserRecord } from './fake-api/records.js';
import { testUserOf } from './fake-api/test-users.js';
import type { Claims } from './issuer/access-token-claims.js';
import { TestIssuer } from './issuer/test-issuer.js';
import type { TestRole } from './issuer/test-user.interface.js';
import type { LocalUser, LocalSeed } from './seed/local-seed.interface.js';
import type { SigningKeys } from './issuer/signing-keys.js';
import { readLocalSeed, type CheckedLocalSeed } from './seed/read-local-seed.js';

/** A user of the project. */
export interface ProjectUser {
  /** The name in requests for a token: the username or, without one, the email address. */
  readonly name: string;
  readonly userId: string;
}

/** A user's membership in an organization. */
export interface UserOrg {
  readonly orgId: string;
  readonly orgName: string;
  /** The role, and after it additional ones. */
  readonly roles: readonly string[];
  readonly permissions: readonly string[];
}

/** A PropelAuth project on this machine: its issuer, its API and its current users. */
export class LocalProject {
  readonly issuer: TestIssuer;
  readonly api: FakePropelAuthApi;

  /**
   * @param origin the URL of the application, and the issuer of the tokens
   * @param source the initial users, organizations and API keys: a seed, or the path of its file
   * @param keys sign the tokens
   * @throws {PropelAuthConfigurationError} if the seed is invalid
   */
  constructor(origin: string, source: string | LocalSeed, keys: SigningKeys) {
    const seed = readLocalSeed(source);
    // The compiler does not see the seed, so it cannot compare its roles with those that the application declares.
    const roles = seed.roles as readonly TestRole[];
    this.issuer = TestIssuer.withKeys({ authUrl: origin, roles }, keys);
    this.api = new FakePropelAuthApi({ issuer: this.issuer });
    this.applySeed(seed);
  }

  /** The users that you can sign in as, which are not disabled, in the order in which they were added. */
  get users(): ProjectUser[] {
    return this.allUsers.filter((user) => this.isEnabled(user));
  }

  /** All users, also those that are disabled. */
  get allUsers(): ProjectUser[] {
    return [...this.api.project.users.values()].map(projectUserOf);
  }

  findUser(name: unknown): ProjectUser | undefined {
    return this.users.find((user) => user.name === name);
  }

  isMemberOf({ userId }: ProjectUser, orgId: string): boolean {
    return this.api.project.findMembership(orgId, userId) !== undefined;
  }

  /** The user's organizations, with the roles and permissions of the user there. */
  orgsOf(user: ProjectUser): UserOrg[] {
    const { orgs = [] } = testUserOf(this.api.project, this.recordOf(user));
    return orgs.map((membership) => {
      const { orgId, orgName, assignedRole, permissions } = this.issuer.org(membership);
      const roles = [assignedRole, ...(membership.additionalRoles ?? [])];
      return { orgId, orgName, roles, permissions };
    });
  }

  /** The user's role in each of their organizations, such as `Owner of Acme Inc`; `in no organization` without one. */
  membershipsInWords(user: ProjectUser): string {
    const memberships = this.orgsOf(user).map(
      ({ roles: [role], orgName }) => `${role} of ${orgName}`,
    );
    return memberships.join(', ') || 'in no organization';
  }

  fullNameOf(user: ProjectUser): string {
    const { first_name: firstName, last_name: lastName } = this.recordOf(user);
    return [firstName, lastName].filter(Boolean).join(' ') || user.name;
  }

  emailOf(user: ProjectUser): string {
    return this.recordOf(user).email;
  }

  isEnabled(user: ProjectUser): boolean {
    return this.recordOf(user).enabled;
  }

  hasMfa(user: ProjectUser): boolean {
    return this.recordOf(user).mfa_enabled;
  }

  /** The valid API keys of a user, or those that belong to no user. */
  apiKeysOf(user: ProjectUser | undefined): ApiKeyRecord[] {
    const { project } = this.api;
    return [...project.apiKeys.values()].filter(
      (key) => key.userId === user?.userId && project.isCurrent(key),
    );
  }

  /**
   * Creates an access token.
   *
   * @param activeOrgId scopes it to this organization; the user has to be a member
   */
  accessTokenOf(user: ProjectUser, activeOrgId?: string): Promise<string> {
    const testUser = testUserOf(this.api.project, this.recordOf(user));
    return this.issuer.accessToken({ ...testUser, activeOrgId });
  }

  /** The claims of an access token of a user that lists all organizations. */
  claimsOf(user: ProjectUser): Claims {
    return this.issuer.claimsOf(testUserOf(this.api.project, this.recordOf(user)));
  }

  /** The user as PropelAuth keeps it. */
  recordOf({ userId, name }: ProjectUser): UserRecord {
    const user = this.api.project.users.get(userId);
    if (user === undefined) throw new Error(`The user ${name} no longer exists`);
    return user;
  }

  private applySeed(seed: CheckedLocalSeed): void {
    const { project } = this.api;
    const orgIds = new Map(
      seed.orgs.map(({ orgId, ...org }) => [
        org.name,
        project.addOrg({ org_id: orgId, ...org }).org_id,
      ]),
    );
    const userIds = new Map(seed.users.map((user) => [user.name, this.addUser(user, orgIds)]));
    for (const { key, user, org, ...rest } of seed.apiKeys) {
      project.addApiKey({
        token: key,
        userId: user === undefined ? undefined : userIds.get(user),
        orgId: org === undefined ? undefined : orgIds.get(org),
        ...rest,
      });
    }
  }

  private addUser(
    { name: username, orgs = [], mfaEnabled, ...user }: LocalUser,
    orgIds: ReadonlyMap<string, string>,
  ): string {
    const userId = this.api.addUser({ ...user, username }, { mfaEnabled });
    for (const { org, ...membership } of orgs) {
      this.api.project.setMembership(orgIds.get(org) as string, userId, membership);
    }
    return userId;
  }
}

function projectUserOf({ user_id: userId, username, email }: UserRecord): ProjectUser {
  return { name: username ?? email, userId };
}
