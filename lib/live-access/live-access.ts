import { LRUCache } from 'lru-cache';
import type { UserClass } from '@propelauth/node-apis';
import { PropelAuthConfigurationError } from '../options/configuration.error.js';
import type { ResolvedOptions } from '../options/resolved-options.js';
import {
  CurrentAccess,
  type AccessEvent,
  type AccessListener,
  type DatedToken,
  type DecidedAccess,
  type Owners,
  type TimeOfQuestion,
} from '../plugins/current-access.js';
import type { NamedCache } from '../plugins/observer.js';
import type { Failure } from '../values/outage.js';
import { Rejection } from '../rejections/rejection.js';
import { lazily } from '../values/lazily.js';
import { LimitedLog } from '../values/limited-log.js';
import { accessChangeOf, type AccessChange } from './access-change.js';
import { hasFailed, type Answer } from './answer.js';
import { systemClock, type Clock } from './clock.js';
import { deniesOrg, NOTHING } from './denials.js';
import { DisabledUsers } from './disabled-users.js';
import { LIMITS, type LiveAccessLimits } from './limits.js';
import type { Mark } from './mark.js';
import { Marks, type Doubt } from './marks.js';
import type { LiveAccessOptions } from './live-access-options.js';
import { narrowUser, withoutOrgs } from './narrowed-user.js';
import type { UserQuestions } from './user-questions.js';

/** An event whose id was evicted counts as new when it is sent again. */
const MAXIMUM_KNOWN_IDS = 10_000;

/** The other instances of a service. */
interface OtherInstances extends Pick<CurrentAccess, 'failure'> {
  publish(id: string, event: AccessEvent, sentAt: number): Promise<void>;
  readonly lagSeconds: number;
}

/**
 * Decides with the current access of users whose access has changed since their token was issued. PropelAuth's events report that access
 * changed, and a request to PropelAuth returns the current access. Current access only narrows the access of the token.
 */
export class LiveAccess extends CurrentAccess {
  /** The users who are disabled or deleted, according to events. */
  readonly disabled: DisabledUsers;
  private readonly marks: Marks;
  private readonly log = new LimitedLog();
  private readonly listeners: AccessListener[] = [];
  private readonly knownIds = lazily(() => new LRUCache<string, true>({ max: MAXIMUM_KNOWN_IDS }));
  private changeCount = 0;
  private others: OtherInstances | undefined;

  constructor(
    private readonly questions: UserQuestions,
    private readonly limits: LiveAccessLimits,
    private readonly clock: Clock = systemClock,
  ) {
    super();
    this.marks = new Marks(clock, limits);
    this.disabled = new DisabledUsers(limits);
  }

  /** Connects the other instances, so that changes are published to them. */
  publishTo(others: OtherInstances): void {
    this.others = others;
  }

  async receive(id: string, event: AccessEvent, sentAt: number): Promise<void> {
    this.apply(id, event, sentAt);
    await this.others?.publish(id, event, sentAt);
  }

  failure(): Failure | undefined {
    return this.others?.failure();
  }

  get lagSeconds(): number | undefined {
    return this.others?.lagSeconds;
  }

  get caches(): readonly NamedCache[] {
    return [['user-access', this.questions.answers.counts]];
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

  /** Puts all existing tokens in doubt, because changes may have been missed. */
  noteGap(): void {
    this.changeCount++;
    this.marks.raiseSoftFloor(this.clock.wallSeconds());
    for (const { onGap } of this.listeners) onGap();
  }

  listen(listener: AccessListener): void {
    this.listeners.push(listener);
  }

  userOf(token: DatedToken): UserClass | Promise<UserClass> {
    return this.marks.mayConcern(token) ? this.decide(token) : token.user;
  }

  mayBeDisabled(userId: string): boolean {
    return this.disabled.mayHave(userId);
  }

  isOutdated(time: TimeOfQuestion, owners: Owners): boolean {
    return this.marks.isOutdated(time, owners);
  }

  hasChangedSince(time: number, owners: Owners): boolean {
    return this.marks.haveChangedSince(time, owners);
  }

  /**
   * Whether the access of a user or an organization has changed, or may have, since a token was issued. For tokens that do not list their
   * access. A token older than the lifetime of access tokens is always in doubt, which limits the effect of missed events.
   *
   * @param issuedAt in seconds since 1970
   */
  mayHaveChangedSinceIssue(issuedAt: number, userId: string, orgId: string | undefined): boolean {
    const { lifeSeconds, toleranceSeconds } = this.limits;
    const age = this.clock.wallSeconds() - issuedAt;
    // A token from the future has a wrong time, so its age is unknown.
    const isDated = age <= lifeSeconds && age >= -toleranceSeconds;
    const time = { askedAt: issuedAt, askedHereAt: undefined };
    return !isDated || this.isOutdated(time, { userId, orgId });
  }

  /** The changes of a user and of one organization, for callers whose token does not list its access. */
  changesOf(userId: string, orgId: string | undefined): Mark {
    return this.marks.changesOf(userId, orgId);
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
        return this.marks.raiseSoftFloor(knownAt);
    }
  }

  private decide(token: DatedToken): UserClass | Promise<UserClass> {
    const { user } = token;
    const doubt = this.marks.doubtAbout(token);
    if (doubt.kind === 'none') return withoutOrgs(user, doubt.deletedOrgs);
    const answer = this.questions.answers.get(user.userId, doubt.at);
    if (answer !== undefined) return this.userBy(answer, token, doubt);
    if (doubt.kind === 'hard' && this.isDenied(doubt)) throw new Rejection('token_revoked');
    const decision = this.ask(token);
    if (doubt.kind === 'hard' || !this.questions.areFailing) return decision;
    // PropelAuth is failing, so the token is accepted without waiting. If an answer arrives, the next call uses it.
    decision.catch(() => undefined);
    return withoutOrgs(user, doubt.deletedOrgs);
  }

  /** Whether an event denies everything, and it is too early for a settled answer. */
  private isDenied({ denied, at }: Doubt): boolean {
    return (
      denied.everything && !this.questions.answers.isSettled(this.clock.monotonicSeconds(), at)
    );
  }

  private async ask(token: DatedToken): Promise<UserClass> {
    const doubt = () => this.marks.doubtAbout(token);
    const answer = await this.questions.ask(token.user.userId, () => doubt().at);
    return this.userBy(answer, token, doubt());
  }

  private userBy(answer: Answer, token: DatedToken, doubt: Doubt): UserClass {
    if (hasFailed(answer)) return this.userWithoutAnswer(answer.failure, token, doubt);
    const { state, askedAt } = answer;
    const denied = this.questions.answers.isSettled(askedAt, doubt.at) ? NOTHING : doubt.denied;
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
    // A user whom an event disabled is rejected, even without an answer.
    throw this.disabled.has(user.userId) ? new Rejection('token_revoked') : failure;
  }
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
  return new LiveAccess(questions, { ...LIMITS, toleranceSeconds: clockToleranceSeconds });
}
