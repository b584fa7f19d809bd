import type { StepUpRequirement } from '../../../rules/access-rule.js';
import type { HandlerAccess } from '../../../rules/handler-access.js';
import type { TestUser } from '../../test-user.interface.js';
import type { Credentials, NamedOrg, TestCaller } from '../entry-point.js';
import {
  membershipsFor,
  strongestMembership,
  type DistinguishedMembership,
  type OrgMembership,
} from '../org-memberships.js';
import { inWords, letIn, rejected, type UnjudgedCaller } from './test-caller-words.js';
import { OTHER_ORG, readsCall, readsToken, twoOrgs } from './org-naming.js';
import type { TestAccounts } from './test-accounts.js';

/** A user with a valid token and no organization. */
export async function anyUser(accounts: TestAccounts): Promise<UnjudgedCaller> {
  const token = await accounts.accessToken(accounts.user({ orgs: [] }));
  return { what: 'a user', credentials: { tokens: [token] } };
}

/** Callers with invalid tokens. */
export async function invalidTokenCallers(accounts: TestAccounts): Promise<UnjudgedCaller[]> {
  const user = accounts.user({ orgs: [] });
  const [token, other] = await Promise.all([
    accounts.accessToken(user),
    accounts.accessToken(accounts.user({ orgs: [], hasActiveOrg: false, number: 2 })),
  ]);
  const nameless = await accounts.accessToken(user, { claims: { user_id: undefined } });
  return [
    { what: 'a user whose token has expired', tokens: [await accounts.expiredAccessToken(user)] },
    {
      what: 'a user with a token of another issuer',
      tokens: [await accounts.accessTokenOfAnotherIssuer(user)],
    },
    { what: 'a caller whose token names no user', tokens: [nameless] },
    { what: 'a caller with access tokens of two users', tokens: [token, other] },
  ].map(({ what, tokens }) => ({ what, credentials: { tokens } }));
}

/** Users with valid tokens, as the rules of a handler distinguish them. */
export async function userCallers(
  access: HandlerAccess,
  org: NamedOrg,
  accounts: TestAccounts,
): Promise<TestCaller[]> {
  return new UserCallers(access, org, accounts).list();
}

class UserCallers {
  private readonly memberships: readonly DistinguishedMembership[];

  constructor(
    private readonly access: HandlerAccess,
    private readonly org: NamedOrg,
    private readonly accounts: TestAccounts,
  ) {
    const { orgRequirements } = access;
    this.memberships =
      orgRequirements.length > 0 ? membershipsFor(orgRequirements, accounts.issuer.roles) : [];
  }

  async list(): Promise<TestCaller[]> {
    const { user, membership } = this.mostOrdinary();
    const isLetIn = membership?.isEnough ?? true;
    return [
      ...(await this.byMembership()),
      ...(membership === undefined ? [letIn(await this.caller('a user', user))] : []),
      ...(membership === undefined ? [] : await this.ofOtherOrgs(membership)),
      ...(this.access.deniesImpersonation ? [rejected(await this.impersonator(user))] : []),
      ...(isLetIn ? await this.withoutGrants(user) : []),
      ...(isLetIn && this.access.access === 'user' ? [letIn(await this.withApiKey(user))] : []),
    ];
  }

  /** A user with an additional API key, which rules about users ignore. */
  private async withApiKey(user: TestUser): Promise<UnjudgedCaller> {
    const what = 'a user with an access token and an API key';
    const { credentials } = await this.caller(what, user);
    const apiKey = this.accounts.apiKey({ userId: String(user.userId) });
    return { what, credentials: { ...credentials, apiKey } };
  }

  /** A user that the rules allow, if they allow any. */
  private mostOrdinary(): { user: TestUser; membership: DistinguishedMembership | undefined } {
    const membership = this.memberships.find(({ isEnough }) => isEnough) ?? this.memberships[0];
    const user =
      membership === undefined ? this.accounts.user({ orgs: [] }) : this.member(membership);
    return { user, membership };
  }

  private byMembership(): Promise<TestCaller[]> {
    return Promise.all(
      this.memberships.map(async (membership) => ({
        ...(await this.caller(inWords('a member', membership.which), this.member(membership))),
        mayCall: membership.isEnough,
      })),
    );
  }

  /** Members whose token or call does not name their own organization. */
  private async ofOtherOrgs(membership: DistinguishedMembership): Promise<TestCaller[]> {
    const { access, org, accounts } = this;
    const callers: UnjudgedCaller[] = [];
    if (readsCall(access)) {
      const strongest = strongestMembership(access.orgRequirements, accounts.issuer.roles);
      const user = this.member(strongest, OTHER_ORG);
      callers.push(await this.caller('a member of another organization', user));
    }
    if (readsToken(access)) {
      const user = accounts.user({ orgs: [{ org, membership }] });
      callers.push(await this.caller('a member whose token has no active organization', user));
    }
    const two = twoOrgs(access, org);
    if (two !== undefined) {
      const orgs = [org, OTHER_ORG].map((one) => ({ org: one, membership }));
      const user = accounts.user({ orgs, hasActiveOrg: readsToken(access) });
      const what = `a member of two organizations, whose call names different ones in ${two.places}`;
      callers.push({ ...(await this.caller(what, user)), orgs: two.orgs });
    }
    return callers.map(rejected);
  }

  private member(membership: OrgMembership, org = this.org): TestUser {
    const { role, permissions } = membership;
    const orgs = [{ org, membership: { role, permissions } }];
    return this.accounts.user({ orgs, hasActiveOrg: readsToken(this.access) });
  }

  private impersonator(user: TestUser): Promise<UnjudgedCaller> {
    const impersonated = { ...user, impersonatorUserId: 'an-employee' };
    return this.caller('an employee who impersonates a user', impersonated);
  }

  private async withoutGrants(user: TestUser): Promise<TestCaller[]> {
    const callers = this.access.stepUps.map((stepUp) => this.withoutGrant(user, stepUp));
    return (await Promise.all(callers)).flat();
  }

  private async withoutGrant(
    user: TestUser,
    { actionType, grantHeader }: StepUpRequirement,
  ): Promise<TestCaller[]> {
    const { what, credentials } = await this.caller('a user', user);
    const { [grantHeader]: _grant, ...others } = credentials.grants ?? {};
    const otherUser = this.accounts.user({ orgs: [], number: 2 });
    const ofOther = this.grantOf(otherUser, { actionType });
    const forOther = this.grantOf(user, { actionType: `not ${actionType}` });
    const callerWith = (which: string, grants: Record<string, string>) =>
      rejected({
        what: `${what} ${which} ${actionType}`,
        credentials: { ...credentials, grants: { ...others, ...grants } },
      });
    return [
      callerWith('without a step-up grant for', {}),
      callerWith('with a step-up grant of another user for', { [grantHeader]: ofOther }),
      callerWith('with a step-up grant for another action than', { [grantHeader]: forOther }),
    ];
  }

  private async caller(what: string, user: TestUser): Promise<UnjudgedCaller> {
    const tokens = [await this.accounts.accessToken(user)];
    const credentials: Credentials = { tokens, grants: this.grantsOf(user) };
    return { what, credentials };
  }

  private grantsOf(user: TestUser): Record<string, string> {
    const { stepUps } = this.access;
    return Object.fromEntries(
      stepUps.map((stepUp) => [stepUp.grantHeader, this.grantOf(user, stepUp)]),
    );
  }

  private grantOf(user: TestUser, { actionType }: Pick<StepUpRequirement, 'actionType'>): string {
    return this.accounts.grant(String(user.userId), actionType);
  }
}
