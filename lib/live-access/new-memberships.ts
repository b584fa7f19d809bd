import type { OrgMemberInfo, UserClass } from '@propelauth/node-apis';
import { LRUCache } from 'lru-cache';
import type { OrgReference } from '../index.js';
import {
  addressGroupOf,
  type Answer,
  type Clock,
  type Counts,
  hasFailed,
  type Hooks,
  lazily,
  RateLimiter,
  systemClock,
  userIn,
  type UserQuestions,
  type UserState,
} from '../extend.js';
import type { LiveAccess } from './live-access.js';

/** How long an answer about one user and one organization is used. */
const ANSWER_SECONDS = 30;
const MAXIMUM_ANSWERS = 10_000;

/** Users name any organization, so questions are limited: how many at once, and after how long one more. */
const QUESTIONS_OF_USER = { atOnce: 5, refillMilliseconds: 10_000 };
const QUESTIONS_OF_ADDRESS = { atOnce: 50, refillMilliseconds: 200 };
const MAXIMUM_ASKERS = 10_000;

/** The longest name of an organization that is looked up. */
const MAXIMUM_NAME_LENGTH = 200;

/** PropelAuth's ids of organizations. */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A question about a user and an organization. */
interface AskedOrg {
  /** By the monotonic clock. */
  readonly at: number;
  /** `undefined` if the user is not a member. */
  readonly membership: Promise<OrgMemberInfo | undefined>;
}

/** Asks PropelAuth whether users have joined organizations that their tokens lack. */
export class NewMemberships implements Hooks {
  private readonly asked = lazily(() => new LRUCache<string, AskedOrg>({ max: MAXIMUM_ANSWERS }));
  private readonly users = new Budgets(QUESTIONS_OF_USER);
  private readonly addresses = new Budgets(QUESTIONS_OF_ADDRESS);

  /** @param liveAccess `undefined` without the plugin `liveAccess()` */
  constructor(
    private readonly questions: UserQuestions,
    private readonly liveAccess: LiveAccess | undefined,
    private readonly clock: Clock = systemClock,
  ) {}

  newMemberships(
    user: UserClass,
    named: readonly (OrgReference | undefined)[],
    address: string | undefined,
  ): Promise<UserClass> | undefined {
    // A token with an active organization is for that organization alone.
    if (user.activeOrgId !== undefined) return undefined;
    const missing = named.filter(isWellFormed).filter((reference) => !isIn(user, reference));
    return missing.length === 0 ? undefined : this.join(user, missing, address);
  }

  private async join(
    user: UserClass,
    missing: readonly OrgReference[],
    address: string | undefined,
  ): Promise<UserClass> {
    const found = await Promise.all(
      missing.map((reference) => this.membershipOf(user.userId, reference, address)),
    );
    const joined = found.flatMap((membership) => membership ?? []);
    if (joined.length === 0) return user;
    // What the token says about its own organizations stays.
    return userIn(user, [...joined, ...user.getOrgs()]);
  }

  private async membershipOf(
    userId: string,
    reference: OrgReference,
    address: string | undefined,
  ): Promise<OrgMemberInfo | undefined> {
    const key = JSON.stringify([userId, reference.orgId, reference.orgName]);
    const known = await this.recall(key, userId);
    if (known !== undefined) return known.membership;
    const recent = this.recallState(userId, reference);
    if (recent !== undefined) return recent;
    if (this.questions.areFailing || !this.mayAsk(userId, address)) return undefined;
    const at = this.clock.monotonicSeconds();
    const membership = this.ask(userId, reference, at);
    this.asked().set(key, { at, membership });
    return membership;
  }

  /** The earlier answer about a user and an organization, if it is still used. */
  private async recall(
    key: string,
    userId: string,
  ): Promise<{ membership: OrgMemberInfo | undefined } | undefined> {
    const asked = this.asked().get(key);
    if (asked === undefined || this.clock.monotonicSeconds() - asked.at >= ANSWER_SECONDS) {
      return undefined;
    }
    const membership = await asked.membership;
    const time = { askedAt: NaN, askedHereAt: asked.at };
    const isUsable =
      membership === undefined ||
      this.liveAccess?.isOutdated(time, { userId, orgId: membership.orgId }) !== true;
    return isUsable ? { membership } : undefined;
  }

  /** The membership by an answer to another question about the user, such as one of live access. */
  private recallState(userId: string, reference: OrgReference): OrgMemberInfo | undefined {
    const answer = this.questions.answers.get(userId, this.countsFor(userId, reference.orgId));
    return answer && this.membershipBy(answer, userId, reference);
  }

  private mayAsk(userId: string, address: string | undefined): boolean {
    return this.users.take(userId) && this.addresses.take(addressGroupOf(address));
  }

  /** @param at the time of the call. The answer to an earlier question may be older than the membership */
  private async ask(
    userId: string,
    reference: OrgReference,
    at: number,
  ): Promise<OrgMemberInfo | undefined> {
    const counts = this.countsFor(userId, reference.orgId);
    const answer = await this.questions.ask(
      userId,
      (question) => question.askedAt >= at && counts(question),
    );
    return this.membershipBy(answer, userId, reference);
  }

  private membershipBy(
    answer: Answer,
    userId: string,
    reference: OrgReference,
  ): OrgMemberInfo | undefined {
    if (hasFailed(answer) || answer.state?.isEnabled !== true) return undefined;
    const membership = membershipNamed(answer.state, reference);
    if (membership === undefined) return undefined;
    const { orgId } = membership;
    const isDenied = this.liveAccess?.denies({ userId, orgId }, answer.askedAt) === true;
    return isDenied ? undefined : membership;
  }

  private countsFor(userId: string, orgId: string | undefined): Counts {
    const orgIds = orgId === undefined ? [] : [orgId];
    return this.liveAccess?.countsFor({ userId, orgIds }) ?? this.questions.isRecent;
  }
}

/** A limit for each of many parties. The one that has not asked for longest is forgotten. */
class Budgets {
  private readonly budgets = lazily(
    () => new LRUCache<string, RateLimiter>({ max: MAXIMUM_ASKERS }),
  );

  constructor(private readonly limit: { atOnce: number; refillMilliseconds: number }) {}

  take(party: string): boolean {
    const { atOnce, refillMilliseconds } = this.limit;
    const budget = this.budgets().get(party) ?? new RateLimiter(atOnce, refillMilliseconds);
    this.budgets().set(party, budget);
    return budget.take();
  }
}

/** Whether PropelAuth can have an organization with this id or name. */
function isWellFormed(reference: OrgReference | undefined): reference is OrgReference {
  const { orgId, orgName } = (reference ?? {}) as Record<string, unknown>;
  const isId = typeof orgId === 'string' && UUID.test(orgId);
  const isName =
    typeof orgName === 'string' && orgName !== '' && orgName.length <= MAXIMUM_NAME_LENGTH;
  return (isId || orgId === undefined) && (isName || orgName === undefined) && (isId || isName);
}

function isIn({ orgIdToUserOrgInfo = {} }: UserClass, { orgId, orgName }: OrgReference): boolean {
  if (orgId !== undefined) return Object.hasOwn(orgIdToUserOrgInfo, orgId);
  return Object.values(orgIdToUserOrgInfo).some((org) => org.urlSafeOrgName === orgName);
}

/** The membership in the organization that a reference names, if it names exactly one of the user's. */
function membershipNamed(
  { orgs }: UserState,
  { orgId, orgName }: OrgReference,
): OrgMemberInfo | undefined {
  const [found, ...others] = [...orgs.values()].filter(
    (org) =>
      (orgId === undefined || org.orgId === orgId) &&
      (orgName === undefined || org.urlSafeOrgName === orgName),
  );
  return others.length > 0 ? undefined : found;
}
