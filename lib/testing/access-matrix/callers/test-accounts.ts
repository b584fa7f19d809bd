import { randomUUID } from 'node:crypto';
import type { ApiKeyRecord } from 'propelauth-emulator';
import type { TestEmulator } from '../../test-emulator.js';
import type { TestUser } from '../../test-user.interface.js';
import type { NamedOrg } from '../test-caller.js';
import type { CallerProfile } from './caller-profile.js';

/** The users, API keys and grants of one run of `toHold()`. They stay in the emulator until {@link remove}. */
export class TestAccounts {
  /** The organization that calls name. Its id is also its name, so that every source finds it. Each run has others: runs may share an emulator. */
  readonly ownOrg = madeUpOrg();
  /** The organization of callers who are not in the named one. */
  readonly otherOrg = madeUpOrg();
  readonly #removals: (() => unknown)[] = [];

  constructor(readonly emulator: TestEmulator) {}

  private get project() {
    return this.emulator.core.project;
  }

  /** The organization with an id. Its name is the one that the emulator knows, else the id, so that every source finds it. */
  org(orgId: string): NamedOrg {
    return { orgId, urlSafeOrgName: this.project.orgs.get(orgId)?.url_safe_org_slug ?? orgId };
  }

  /** A new user, with the membership of a profile. */
  user({ org, membership, hasActiveOrg }: Partial<CallerProfile> = {}): TestUser {
    const userId = randomUUID();
    const isMember = org !== undefined && membership !== undefined;
    if (isMember) this.addOrg(org);
    const user: TestUser = {
      userId,
      email: `${userId}@access-matrix.example.com`,
      orgs: isMember ? [{ ...org, orgName: org.urlSafeOrgName, ...membership }] : [],
      ...(isMember && hasActiveOrg && { activeOrgId: org.orgId }),
    };
    this.emulator.addUser(user);
    this.#removals.push(() => this.project.forgetUser(userId));
    return user;
  }

  /** An API key of a user, of an organization, of both or of nobody. */
  apiKey(key: Partial<ApiKeyRecord>): string {
    const { id, token } = this.project.addApiKey(key);
    this.#removals.push(() => this.project.apiKeys.delete(id));
    return token;
  }

  /** A step-up grant that can be used for many calls. */
  grant({ userId = '' }: TestUser, actionType: string): string {
    const expiresAt = this.project.now() + 3600;
    const grant = this.project.addGrant({ userId, actionType, isForOneUse: false, expiresAt });
    this.#removals.push(() => this.project.grants.delete(grant));
    return grant;
  }

  /** Adds an organization, unless the emulator has it. */
  addOrg({ orgId, urlSafeOrgName }: NamedOrg): void {
    if (this.project.orgs.has(orgId)) return;
    const names = { name: urlSafeOrgName, url_safe_org_slug: urlSafeOrgName };
    this.project.addOrg({ org_id: orgId, ...names });
    this.#removals.push(() => this.project.removeOrg(orgId));
  }

  /** Removes the accounts and credentials from the emulator, the latest first. */
  remove(): void {
    for (const removal of this.#removals.splice(0).toReversed()) removal();
  }
}

function madeUpOrg(): NamedOrg {
  const orgId = randomUUID();
  return { orgId, urlSafeOrgName: orgId };
}
