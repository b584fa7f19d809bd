import { FakePropelAuthApi } from '../testing/fake-api/fake-propel-auth-api.js';
import type { ApiKeyRecord, UserRecord } from '../testing/fake-api/records.js';
import { testUserOf } from '../testing/fake-api/test-users.js';
import { TestIssuer } from '../testing/issuer/test-issuer.js';
import type { TestRole } from '../testing/issuer/test-user.interface.js';
import type { LocalPerson, LocalSeed } from './seed/local-seed.interface.js';
import { readLocalSeed, type CheckedLocalSeed } from './seed/read-local-seed.js';

/** Someone who can be signed in as. */
export interface Person {
  /** What the request for a token says: the username or, without one, the address. */
  readonly name: string;
  readonly userId: string;
}

/** A PropelAuth project on this machine: its issuer, its API, and who is in it at this moment. */
export class LocalProject {
  /**
   * @param origin where the application is reached, and the issuer of the tokens
   * @param source who and what there is at first: a seed, or the path of its file
   * @throws {PropelAuthConfigurationError} when the seed cannot be used
   */
  static async create(origin: string, source: string | LocalSeed): Promise<LocalProject> {
    const seed = readLocalSeed(source);
    // A seed is what the compiler does not see, so it cannot compare the roles with those that the application declares.
    const roles = seed.roles as readonly TestRole[];
    const issuer = await TestIssuer.create({ authUrl: origin, roles });
    return new LocalProject(issuer, seed);
  }

  readonly api: FakePropelAuthApi;

  private constructor(
    readonly issuer: TestIssuer,
    seed: CheckedLocalSeed,
  ) {
    this.api = new FakePropelAuthApi({ issuer });
    this.plant(seed);
  }

  /** Everybody who is not blocked, in the order in which they came. */
  get people(): Person[] {
    return [...this.api.project.users.values()].filter(({ enabled }) => enabled).map(personOf);
  }

  findPerson(name: unknown): Person | undefined {
    return this.people.find((person) => person.name === name);
  }

  isMemberOf({ userId }: Person, orgId: string): boolean {
    return this.api.project.findMembership(orgId, userId) !== undefined;
  }

  /** Someone's role in each of their organizations, in words. */
  membershipsOf(person: Person): string[] {
    const orgs = testUserOf(this.api.project, this.userOf(person)).orgs ?? [];
    return orgs.map(({ orgName, role }) => `${role} of ${orgName}`);
  }

  fullNameOf(person: Person): string {
    const { first_name: firstName, last_name: lastName } = this.userOf(person);
    return [firstName, lastName].filter(Boolean).join(' ') || person.name;
  }

  /** The keys that someone has, and that are good. */
  apiKeysOf({ userId }: Person): ApiKeyRecord[] {
    const { project } = this.api;
    return [...project.apiKeys.values()].filter(
      (key) => key.userId === userId && project.isCurrent(key),
    );
  }

  /**
   * An access token.
   *
   * @param activeOrgId scopes it to this organization, of which the person has to be a member
   */
  accessTokenOf(person: Person, activeOrgId?: string): Promise<string> {
    const user = testUserOf(this.api.project, this.userOf(person));
    return this.issuer.accessToken({ ...user, activeOrgId });
  }

  private userOf({ userId, name }: Person): UserRecord {
    const user = this.api.project.users.get(userId);
    if (user === undefined) throw new Error(`${name} is not there any more`);
    return user;
  }

  private plant(seed: CheckedLocalSeed): void {
    const { project } = this.api;
    const orgIds = new Map(
      seed.orgs.map(({ orgId, ...org }) => [
        org.name,
        project.addOrg({ org_id: orgId, ...org }).org_id,
      ]),
    );
    const userIds = new Map(
      seed.people.map((person) => [person.name, this.addPerson(person, orgIds)]),
    );
    for (const { key, person, org, ...rest } of seed.apiKeys) {
      project.addApiKey({
        token: key,
        userId: person === undefined ? undefined : userIds.get(person),
        orgId: org === undefined ? undefined : orgIds.get(org),
        ...rest,
      });
    }
  }

  private addPerson(
    { name: username, orgs = [], mfaEnabled, ...person }: LocalPerson,
    orgIds: ReadonlyMap<string, string>,
  ): string {
    const user = { ...person, username };
    const userId = this.api.addUser(user, { mfaEnabled });
    for (const { org, ...membership } of orgs) {
      this.api.project.setMembership(orgIds.get(org) as string, userId, membership);
    }
    return userId;
  }
}

function personOf({ user_id: userId, username, email }: UserRecord): Person {
  return { name: username ?? email, userId };
}
