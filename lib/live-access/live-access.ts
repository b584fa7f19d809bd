import { LRUCache } from 'lru-cache';
import { PropelAuthConfigurationError } from '../index.js';
import {
  accessSubject,
  type AccessEvent,
  type AccessListener,
  type AccessSubject,
  type Answer,
  type Clock,
  type Counts,
  type CurrentAccess,
  type DecidedAccess,
  hasFailed,
  lazily,
  LimitedLog,
  type Owners,
  type PresentState,
  Rejection,
  type ResolvedOptions,
  systemClock,
  type TimeOfQuestion,
  UNDATED,
  type UserQuestions,
  type UserState,
} from '../extend.js';
import { accessChangeOf, type AccessChange } from './access-change.js';
import { deniesOrg, NOTHING, type Denials } from './denials.js';
import { DisabledUsers } from './disabled-users.js';
import { Lag } from './lag.js';
import { LIMITS, type LiveAccessLimits } from './limits.js';
import { Marks, type Doubt } from './marks.js';
import type { LiveAccessOptions } from './live-access-options.js';

/** An event whose id was evicted counts as new when it is sent again. */
const MAXIMUM_KNOWN_IDS = 10_000;

/**
 * Decides with the current access of users whose access has changed since their token was issued. PropelAuth's events report that access
 * changed, and a request to PropelAuth returns the current access. Current access only narrows the access of the token.
 *
 * - A *mark* is what events say about one user or organization: until when tokens may be older than a change (its *cutoff*), and what is
 *   *denied* although an answer that is not settled may still contain it.
 * - What *may have been missed* is the mark for everybody from a start or a gap: a token passes it if PropelAuth cannot be asked.
 * - What *was forgotten* is the mark for everybody from marks that were evicted: no token passes it without an answer.
 * - The *doubt* about a credential is `known` if it is older than a mark or what was forgotten, `possible` if it is older than what may have
 *   been missed, and else `none`.
 * - An *answer* is *settled* if its question was sent late enough after the last event to contain the change. It counts until the next one.
 * - An instance is *behind* while it cannot read the log of changes that it shares with others. Meanwhile it asks about every user.
 */
export class LiveAccess implements CurrentAccess {
  /** The users who are disabled or deleted, according to events. */
  private readonly disabled: DisabledUsers;
  private readonly marks: Marks;
  private readonly log = new LimitedLog();
  private readonly listeners: AccessListener[] = [];
  private readonly knownIds = lazily(() => new LRUCache<string, true>({ max: MAXIMUM_KNOWN_IDS }));
  private changeCount = 0;

  constructor(
    private readonly questions: UserQuestions,
    private readonly limits: LiveAccessLimits,
    private readonly clock: Clock = systemClock,
    /** `undefined` for an instance that shares no changes. */
    readonly lag?: Lag,
  ) {
    this.marks = new Marks(clock, limits);
    // What may have been missed before the start is known once the log has been read.
    if (lag === undefined) this.marks.noteMissed(clock.wallSeconds());
    this.disabled = new DisabledUsers(limits);
  }

  /** Applies a change of access to this instance only, without publishing it. */
  apply(id: string, event: AccessEvent, sentAt: number): void {
    this.note(id, event, Math.max(this.clock.wallSeconds(), sentAt));
  }

  /**
   * Applies a change of access that another instance has published.
   *
   * @param knownAt when that instance knew of the change, in seconds since 1970. If its clock is fast, newer tokens are not put in doubt
   */
  applyRemote(id: string, event: AccessEvent, knownAt: number): void {
    this.note(id, event, Math.min(this.clock.wallSeconds(), knownAt));
  }

  /**
   * Puts all tokens in doubt that were issued up to a time, because changes until then may have been missed.
   *
   * @param time in seconds since 1970. Default: now
   */
  noteGap(time = this.clock.wallSeconds()): void {
    this.changeCount++;
    this.marks.noteMissed(time);
    for (const { onGap } of this.listeners) onGap();
    this.noteDoubt();
  }

  /** Has open streams checked, because changes may be missing. */
  noteDoubt(): void {
    for (const { onDoubt } of this.listeners) onDoubt();
  }

  listen(listener: AccessListener): void {
    this.listeners.push(listener);
  }

  mayConcern(subject: AccessSubject): boolean {
    return this.marks.mayConcern(subject) || this.mayBeDisabled(subject) || this.isBehind;
  }

  present(subject: AccessSubject): PresentState | Promise<PresentState> {
    const doubt = this.doubtAbout(subject);
    if (doubt.kind === 'none' && !this.isBehind) return asIssued(doubt);
    const answer = this.questions.answers.get(subject.userId, this.countsFor(subject));
    if (answer !== undefined) return this.presentBy(answer, subject, doubt);
    if (doubt.kind === 'known' && this.isDenied(doubt)) throw new Rejection('token_revoked');
    const decision = this.ask(subject);
    if (doubt.kind === 'known' || !this.questions.areFailing) return decision;
    // PropelAuth is failing, so the credential is accepted without waiting. If an answer arrives, the next call uses it.
    decision.catch(() => undefined);
    return asIssued(doubt);
  }

  isOutdated(time: TimeOfQuestion, owners: Owners): boolean {
    const isOld = (time.askedHereAt ?? -Infinity) <= this.now - 1;
    return (this.isBehind && isOld) || this.marks.isOutdated(time, owners);
  }

  hasChangedSince(time: number, owners: Owners): boolean {
    return this.marks.haveChangedSince(time, owners);
  }

  /**
   * The rule for how long an answer about a user counts: one that is settled until the next change, and another until it would be. One that
   * takes access away counts for less, because no event reports that a user is added to an organization again; but not while PropelAuth
   * fails, because then the credential would count again.
   *
   * @param orgIds the organizations of a credential of the user
   * @returns the rule for a call that begins now
   */
  countsFor({ userId, orgIds }: Pick<AccessSubject, 'userId' | 'orgIds'>): Counts {
    const { lifeSeconds, takingSeconds } = this.limits;
    const givesAll = ({ isEnabled, orgs }: UserState) =>
      isEnabled && orgIds.every((orgId) => orgs.has(orgId));
    const start = this.now;
    return ({ askedAt, state }) => {
      if (this.isBehind && askedAt <= start - 1) return false;
      const at = this.marks.changedAt(userId);
      if (!this.isSettled(askedAt, at)) return askedAt >= at && !this.isSettled(this.now, at);
      const takes = state === null || (state && !givesAll(state));
      // Without events, a change counts as late as with a token.
      const isBrief = takes && !this.questions.areFailing;
      return this.now - askedAt < (isBrief ? takingSeconds : lifeSeconds);
    };
  }

  /** Whether an event denies access that the answer to a question sent at `askedAt` may still contain. */
  denies({ userId, orgId }: { userId: string; orgId: string }, askedAt: number): boolean {
    const doubt = this.marks.doubtAbout(accessSubject(userId, [orgId], UNDATED));
    return doubt.deletedOrgs.has(orgId) || deniesOrg(this.deniedBy(doubt, askedAt), orgId);
  }

  secondsUntilOutdated(access: DecidedAccess): number {
    return this.marks.decisionHoldsUntil(access) - this.now;
  }

  get now(): number {
    return this.clock.monotonicSeconds();
  }

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
        return this.marks.noteMissed(knownAt);
    }
  }

  /** Whether PropelAuth can no longer have answered with the state before the last change. */
  private isSettled(askedAt: number, changedAt: number): boolean {
    return askedAt >= changedAt + this.limits.settleSeconds;
  }

  /** Whether changes of other instances may be missing now. */
  private get isBehind(): boolean {
    return this.lag?.isBehind === true;
  }

  /** Whether an event denies everything, and it is too early for a settled answer. */
  private isDenied({ denied, at }: Doubt): boolean {
    return denied.everything && !this.isSettled(this.now, at);
  }

  private doubtAbout(subject: AccessSubject): Doubt {
    const doubt = this.marks.doubtAbout(subject);
    return this.mayBeDisabled(subject) ? { ...doubt, kind: 'known' } : doubt;
  }

  /** Whether a credential may be of a disabled user, however new it is. */
  private mayBeDisabled({ userId, isOfEnabledUser }: AccessSubject): boolean {
    return !isOfEnabledUser && this.disabled.mayHave(userId);
  }

  private async ask(subject: AccessSubject): Promise<PresentState> {
    const counts = this.countsFor(subject);
    const answer = await this.questions.ask(subject.userId, counts);
    // What was known before a failure may count again.
    const latest = hasFailed(answer) ? this.questions.answers.get(subject.userId, counts) : answer;
    return this.presentBy(latest ?? answer, subject, this.doubtAbout(subject));
  }

  private presentBy(answer: Answer, { userId }: AccessSubject, doubt: Doubt): PresentState {
    if (hasFailed(answer)) {
      // A user whom an event disabled is rejected, even without an answer.
      if (this.disabled.has(userId)) throw new Rejection('token_revoked');
      if (doubt.kind !== 'known') return asIssued(doubt);
      throw answer.failure;
    }
    const { state, askedAt } = answer;
    const denied = this.deniedBy(doubt, askedAt);
    if (state?.isEnabled !== true || denied.everything) throw new Rejection('token_revoked');
    this.disabled.lift(userId, askedAt);
    const hasLost = (orgId: string) =>
      !state.orgs.has(orgId) || deniesOrg(denied, orgId) || doubt.deletedOrgs.has(orgId);
    return { state, hasLost };
  }

  /** What events deny although the answer to a question sent at `askedAt` may still contain it. */
  private deniedBy({ denied, at }: Doubt, askedAt: number): Denials {
    return this.isSettled(askedAt, at) ? NOTHING : denied;
  }
}

/** What the credential says, without deleted organizations. */
function asIssued({ deletedOrgs }: Doubt): PresentState {
  return { state: undefined, hasLost: (orgId) => deletedOrgs.has(orgId) };
}

/**
 * @param liveAccess `undefined` if the plugin's factory returned `false`
 * @throws {PropelAuthConfigurationError} if the application does not receive events
 */
export function createLiveAccess(
  liveAccess: LiveAccessOptions | undefined,
  { clockToleranceSeconds, webhooks }: ResolvedOptions,
  questions: UserQuestions,
): LiveAccess | undefined {
  if (liveAccess === undefined) return undefined;
  if (webhooks === undefined) {
    throw new PropelAuthConfigurationError(
      'liveAccess() needs the option webhooks, because PropelAuth reports changes by webhook. Set webhooks to { secret, path } ' +
        "or { secret, receive: 'own' }, with the signing secret of the endpoint from your PropelAuth dashboard.",
    );
  }
  const limits = { ...LIMITS, toleranceSeconds: clockToleranceSeconds };
  const lag = liveAccess.changes && new Lag(systemClock);
  return new LiveAccess(questions, limits, systemClock, lag);
}
