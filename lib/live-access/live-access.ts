import { LRUCache } from 'lru-cache';
import type { UserClass } from '@propelauth/node-apis';
import type { ResolvedOptions } from '../options/resolved-options.js';
import { Rejection } from '../rejections/rejection.js';
import { lazily } from '../values/lazily.js';
import { LimitedLog } from '../values/limited-log.js';
import { accessChangeOf, type AccessChange, type AccessEvent } from './access-change.js';
import { hasFailed, type Answer } from './answer.js';
import { systemClock, type Clock } from './clock.js';
import type { DatedToken } from './dated-token.js';
import { deniesOrg, NOTHING } from './denials.js';
import { DisabledUsers } from './disabled-users.js';
import { LIMITS, type LiveAccessLimits } from './limits.js';
import type { Mark } from './mark.js';
import { Marks, type DecidedAccess, type Doubt, type TimeOfQuestion } from './marks.js';
import { narrowUser, withoutOrgs } from './narrowed-user.js';
import type { UserQuestions } from './user-questions.js';

/** An event whose id was evicted counts as a new one when it is sent again. */
const MAXIMUM_KNOWN_IDS = 10_000;

/** What to call when access changes. The functions must not throw. */
interface LiveAccessListener {
  readonly onChange: (change: AccessChange) => void;
  /** Changes may have been missed. */
  readonly onGap: () => void;
}

/**
 * Decides by the present access of users whose access has changed since their token was issued. PropelAuth's events report that something
 * changed, and a request to PropelAuth returns the present access; it only narrows the access of the token.
 */
export class LiveAccess {
  /** Whom events have called disabled or deleted. */
  readonly disabled: DisabledUsers;
  private readonly marks: Marks;
  private readonly log = new LimitedLog();
  private readonly listeners: LiveAccessListener[] = [];
  private readonly knownIds = lazily(() => new LRUCache<string, true>({ max: MAXIMUM_KNOWN_IDS }));
  private changeCount = 0;

  constructor(
    private readonly questions: UserQuestions,
    private readonly limits: LiveAccessLimits,
    private readonly clock: Clock = systemClock,
  ) {
    this.marks = new Marks(clock, limits);
    this.disabled = new DisabledUsers(limits);
  }

  /**
   * Takes note of a change of access. Events may come late, twice and out of order.
   *
   * @param id its `svix-id`. An event that is sent again has the same one, and is ignored
   * @param event an event whose signature was verified. Those that do not change access are ignored
   * @param sentAt its `svix-timestamp`, which is the time of the attempt to deliver it: seconds since 1970
   */
  apply(id: string, event: AccessEvent, sentAt: number): void {
    this.note(id, event, Math.max(this.clock.wallSeconds(), sentAt));
  }

  /**
   * Takes note of a change of access that another instance has learned of.
   *
   * @param event as for {@link apply}
   * @param knownAt when that instance knew of it: seconds since 1970. If its clock is fast, newer tokens are not put in doubt
   */
  applyRemote(id: string, event: AccessEvent, knownAt: number): void {
    this.note(id, event, Math.min(this.clock.wallSeconds(), knownAt));
  }

  /** Puts all tokens that exist now in doubt, since changes may have been missed. */
  noteGap(): void {
    this.changeCount++;
    this.marks.raiseSoftFloor(this.clock.wallSeconds());
    for (const { onGap } of this.listeners) onGap();
  }

  /** @param listener called after each change, once decisions already use it */
  listen(listener: LiveAccessListener): void {
    this.listeners.push(listener);
  }

  /**
   * The user of a verified token, with present access.
   *
   * @returns the user itself when nothing has to be waited for; else a promise
   * @throws {Rejection} `token_revoked` when the user is disabled or deleted, `propelauth_unavailable` when that is not known
   */
  userOf(token: DatedToken): UserClass | Promise<UserClass> {
    return this.mayConcern(token) ? this.decide(token) : token.user;
  }

  /** Whether the present access of a user may differ from what the token says. It allocates nothing, since it runs for each call. */
  mayConcern(token: DatedToken): boolean {
    return this.marks.mayConcern(token);
  }

  /**
   * Whether an answer of PropelAuth may be older than a change of this user or organization.
   *
   * @param time when PropelAuth was asked
   */
  isOutdated(time: TimeOfQuestion, userId: string | undefined, orgId: string | undefined): boolean {
    return this.marks.isOutdated(time, userId, orgId);
  }

  /**
   * Whether access of this user or organization has changed, or may have, since a time.
   *
   * @param time by {@link now}
   */
  hasChangedSince(time: number, userId: string | undefined, orgId: string | undefined): boolean {
    return this.marks.haveChangedSince(time, userId, orgId);
  }

  /**
   * Whether access of this user or organization has changed, or may have, since a token was issued that does not list its access. A token
   * older than the lifetime of access tokens is always in doubt, which limits the effect of missed events.
   *
   * @param issuedAt seconds since 1970
   */
  mayHaveChangedSinceIssue(issuedAt: number, userId: string, orgId: string | undefined): boolean {
    const { lifeSeconds, toleranceSeconds } = this.limits;
    const age = this.clock.wallSeconds() - issuedAt;
    // The time of one from the future says nothing.
    const isDated = age <= lifeSeconds && age >= -toleranceSeconds;
    return (
      !isDated || this.isOutdated({ askedAt: issuedAt, askedHereAt: undefined }, userId, orgId)
    );
  }

  /** What has changed of a user and of one organization: for callers whose token does not say what they had. */
  changesOf(userId: string, orgId: string | undefined): Mark {
    return this.marks.changesOf(userId, orgId);
  }

  /**
   * For how long a decision about a caller counts: no longer, if access has changed since it began. If access had just changed, PropelAuth may
   * have answered with the old state, and it counts until the answer is settled.
   *
   * @param access when the decision began, by {@link now}, and what it was about
   */
  secondsUntilOutdated(access: DecidedAccess): number {
    return this.marks.decisionHoldsUntil(access) - this.now;
  }

  /** The time for {@link TimeOfQuestion.askedHereAt}. */
  get now(): number {
    return this.clock.monotonicSeconds();
  }

  /** How many changes of access are known. An answer to a question from before the last one may be outdated. */
  get changes(): number {
    return this.changeCount;
  }

  private note(id: string, event: AccessEvent, knownAt: number): void {
    const change = accessChangeOf(event);
    if (change === undefined || this.knownIds().has(id)) return;
    this.knownIds().set(id, true);
    this.changeCount++;
    if (change.subject === 'unknown') {
      this.log.error(
        `An event ${event.event_type} names no user or organization, so all users with older tokens are checked.`,
      );
    }
    this.mark(change, knownAt);
    for (const { onChange } of this.listeners) onChange(change);
  }

  private mark(change: AccessChange, knownAt: number): void {
    switch (change.subject) {
      case 'user':
        if (change.denied.everything) this.disabled.add(change.userId, this.now);
        if (change.isEnabled) this.disabled.doubt(change.userId);
        return this.marks.markUser(change.userId, change.denied, knownAt);
      case 'org':
        return this.marks.markOrg(change.orgId, knownAt);
      case 'unknown':
        return this.marks.raiseSoftFloor(knownAt);
    }
  }

  private decide(token: DatedToken): UserClass | Promise<UserClass> {
    const { user } = token;
    const doubt = this.marks.doubtAbout(token);
    if (doubt.kind === 'none') return withoutOrgs(user, doubt.deletedOrgs);
    const answer = this.questions.recall(user.userId, doubt.at);
    if (answer !== undefined) return this.userBy(answer, token, doubt);
    if (doubt.kind === 'hard' && this.isDenied(doubt)) throw new Rejection('token_revoked');
    const decision = this.ask(token);
    if (doubt.kind === 'hard' || !this.questions.areFailing) return decision;
    // Without an answer, the token is accepted. The next call uses the answer, if one arrives.
    decision.catch(() => undefined);
    return withoutOrgs(user, doubt.deletedOrgs);
  }

  /** Whether the event says enough, and no answer could lift it yet. */
  private isDenied({ denied, at }: Doubt): boolean {
    return denied.everything && !this.questions.isSettled(this.clock.monotonicSeconds(), at);
  }

  private async ask(token: DatedToken): Promise<UserClass> {
    const doubt = () => this.marks.doubtAbout(token);
    const answer = await this.questions.ask(token.user.userId, () => doubt().at);
    return this.userBy(answer, token, doubt());
  }

  private userBy(answer: Answer, token: DatedToken, doubt: Doubt): UserClass {
    if (hasFailed(answer)) return this.userWithoutAnswer(answer.failure, token, doubt);
    const { state, askedAt } = answer;
    const denied = this.questions.isSettled(askedAt, doubt.at) ? NOTHING : doubt.denied;
    if (state === null || !state.isEnabled || denied.everything)
      throw new Rejection('token_revoked');
    this.disabled.lift(token.user.userId, askedAt);
    return narrowUser(
      token.user,
      state,
      (orgId) => deniesOrg(denied, orgId) || doubt.deletedOrgs.has(orgId),
    );
  }

  private userWithoutAnswer(
    failure: unknown,
    { user }: DatedToken,
    { kind, deletedOrgs }: Doubt,
  ): UserClass {
    if (kind !== 'hard') return withoutOrgs(user, deletedOrgs);
    // What the event itself says needs no answer.
    throw this.disabled.has(user.userId) ? new Rejection('token_revoked') : failure;
  }
}

/** @returns `undefined` unless the options ask for it */
export function createLiveAccess(
  { liveAccess, clockToleranceSeconds }: ResolvedOptions,
  questions: UserQuestions,
): LiveAccess | undefined {
  if (liveAccess === undefined) return undefined;
  return new LiveAccess(questions, { ...LIMITS, toleranceSeconds: clockToleranceSeconds });
}
