import type { AccessSubject, Clock, DecidedAccess, Owners, TimeOfQuestion } from '../extend.js';
import { bothDenials, EVERYTHING, NOTHING, type Denials } from './denials.js';
import type { LiveAccessLimits } from './limits.js';

/** The changes of access of a user, an organization or everybody. */
export interface Mark {
  /** Tokens issued up to this time may be older than a change, in seconds since 1970. */
  readonly cutoff: number;
  /** When the last event arrived, by the monotonic clock. */
  readonly at: number;
  /** The denied access, until PropelAuth answers a question sent `settleSeconds` of {@link LIMITS} after the last event. */
  readonly denied: Denials;
}

const NO_MARK: Mark = { cutoff: -Infinity, at: -Infinity, denied: NOTHING };

/** The doubt about a credential. */
export interface Doubt {
  /**
   * `known`: PropelAuth is asked, and without an answer the credential is rejected. `possible`: without an answer it is accepted. `none`: only
   * deleted organizations matter.
   */
  readonly kind: 'none' | 'possible' | 'known';
  /** When the last relevant event arrived, by the monotonic clock. Answers to earlier questions do not count. */
  readonly at: number;
  /** The denied access, until a settled answer. */
  readonly denied: Denials;
  /** The organizations of the credential that were deleted. */
  readonly deletedOrgs: ReadonlySet<string>;
}

/**
 * Remembers whose access has changed, as long as a token from before the change may exist. Evicting a mark earlier raises the bound of what
 * was forgotten, so that every affected token stays in doubt.
 */
export class Marks {
  // Marks by id in lower case. Their order is that of the last event, so the first one is evicted first. Reading must not change the order,
  // unlike in an LRU cache.
  private readonly users = new Map<string, Mark>();
  private readonly orgs = new Map<string, Mark>();
  /** The bound of what was forgotten, from evicted marks. */
  private forgotten = NO_MARK;
  /** The bound of what may have been missed. */
  private missed = NO_MARK;
  /** All tokens issued up to this time are in doubt. */
  private latestBound = -Infinity;
  private readonly isOrgMarked = (orgId: string) => this.orgs.has(orgId);

  constructor(
    private readonly clock: Clock,
    private readonly limits: LiveAccessLimits,
  ) {}

  /** @param knownAt when the change was known, in seconds since 1970 */
  markUser(userId: string, denied: Denials, knownAt: number): void {
    this.mark(this.users, userId, this.markFor(denied, knownAt));
  }

  /** @param knownAt as for {@link markUser} */
  markOrg(orgId: string, knownAt: number): void {
    // The denial counts only once the mark is evicted. The members are unknown then, so everybody is denied everything until a settled answer.
    this.mark(this.orgs, orgId, this.markFor(EVERYTHING, knownAt));
  }

  /**
   * Puts every token that existed at a time in doubt: after startup, and after events that may have been missed.
   *
   * @param knownAt as for {@link markUser}
   */
  noteMissed(knownAt: number): void {
    this.missed = this.combine(this.missed, this.markFor(NOTHING, knownAt));
    this.updateLatestBound();
  }

  /** Whether a credential has to be checked. Allocates nothing, because it runs for each call. */
  mayConcern({ userId, orgIds, hasLowerCaseIds, issuedAt, expiresAt }: AccessSubject): boolean {
    return (
      issuedAt <= this.latestBound ||
      expiresAt - issuedAt > this.limits.lifeSeconds ||
      !hasLowerCaseIds ||
      this.users.has(userId) ||
      (this.orgs.size > 0 && orgIds.some(this.isOrgMarked))
    );
  }

  doubtAbout(subject: AccessSubject): Doubt {
    const own = markOf(this.users, subject.userId);
    const { at, denied } = this.combine(this.combine(own, this.forgotten), this.missed);
    return {
      kind: this.kindOfDoubt(subject, own),
      at,
      denied,
      deletedOrgs: this.deletedOrgsOf(subject),
    };
  }

  /** When the last event that is relevant for a user arrived, by the monotonic clock. */
  changedAt(userId: string): number {
    return Math.max(markOf(this.users, userId).at, this.forgotten.at, this.missed.at);
  }

  /**
   * Whether an answer of PropelAuth may be older than a change.
   *
   * @param time when PropelAuth was asked
   */
  isOutdated({ askedAt, askedHereAt }: TimeOfQuestion, owners: Owners): boolean {
    return this.marksAbout(owners).some(({ cutoff, at }) =>
      // Times of this process need no tolerance.
      askedHereAt === undefined ? askedAt <= cutoff : askedHereAt < at + this.limits.settleSeconds,
    );
  }

  /** @param time by the monotonic clock */
  haveChangedSince(time: number, owners: Owners): boolean {
    return this.marksAbout(owners).some(({ at }) => time < at);
  }

  /** The time until which a decision holds, by the monotonic clock; -Infinity if access has changed since the decision began. */
  decisionHoldsUntil({ userId, orgIds, decidedSince }: DecidedAccess): number {
    let changedAt = Math.max(markOf(this.users, userId).at, this.forgotten.at);
    for (const orgId of orgIds === 'any' ? this.orgs.keys() : orgIds) {
      changedAt = Math.max(changedAt, markOf(this.orgs, orgId).at);
    }
    if (Math.max(changedAt, this.missed.at) >= decidedSince) return -Infinity;
    // Before this time, the decision may be based on an answer that was older than the change.
    const settledAt = changedAt + this.limits.settleSeconds;
    return decidedSince < settledAt ? settledAt : Infinity;
  }

  private marksAbout({ userId, orgId }: Owners): Mark[] {
    return [markOf(this.users, userId), markOf(this.orgs, orgId), this.forgotten, this.missed];
  }

  private kindOfDoubt({ issuedAt, expiresAt }: AccessSubject, own: Mark): Doubt['kind'] {
    const isKnown =
      issuedAt <= own.cutoff ||
      issuedAt <= this.forgotten.cutoff ||
      expiresAt - issuedAt > this.limits.lifeSeconds;
    if (isKnown) return 'known';
    return issuedAt <= this.missed.cutoff ? 'possible' : 'none';
  }

  private deletedOrgsOf({ orgIds, issuedAt }: AccessSubject): Set<string> {
    return new Set(orgIds.filter((orgId) => issuedAt <= markOf(this.orgs, orgId).cutoff));
  }

  private mark(marks: Map<string, Mark>, id: string, change: Mark): void {
    const mark = this.combine(markOf(marks, id), change);
    const lowerCaseId = id.toLowerCase();
    marks.delete(lowerCaseId);
    marks.set(lowerCaseId, mark);
    this.evict(marks);
  }

  private evict(marks: Map<string, Mark>): void {
    for (const [id, mark] of marks) {
      if (marks.size <= this.limits.maximumMarks && !this.isExpired(mark)) return;
      marks.delete(id);
      this.noteForgotten(mark);
    }
  }

  /** Whether every token from before the mark's change has expired. If the clock is set back later, the bound of what was forgotten still applies. */
  private isExpired({ cutoff }: Mark): boolean {
    const { lifeSeconds, toleranceSeconds } = this.limits;
    return this.clock.wallSeconds() > cutoff + lifeSeconds + toleranceSeconds;
  }

  private noteForgotten(mark: Mark): void {
    const bound = this.combine(this.forgotten, mark);
    // The affected users are forgotten, so everything is denied. Evicting an unsettled mark takes tens of thousands of events per second.
    const denied = bound.denied === NOTHING ? NOTHING : EVERYTHING;
    this.forgotten = { ...bound, denied };
    this.updateLatestBound();
  }

  private updateLatestBound(): void {
    this.latestBound = Math.max(this.forgotten.cutoff, this.missed.cutoff);
  }

  /** The mark of a single change. */
  private markFor(denied: Denials, knownAt: number): Mark {
    const { toleranceSeconds, settleSeconds } = this.limits;
    const cutoff = knownAt + toleranceSeconds + settleSeconds;
    const at = this.clock.monotonicSeconds();
    return { cutoff, at, denied };
  }

  /** Combines the changes of two marks. */
  private combine(earlier: Mark, later: Mark): Mark {
    const at = Math.max(earlier.at, later.at);
    // An earlier denial is dropped once it is settled: every answer that counts already includes the change.
    const deniedBy = (mark: Mark) =>
      at < mark.at + this.limits.settleSeconds ? mark.denied : NOTHING;
    return {
      cutoff: Math.max(earlier.cutoff, later.cutoff),
      at,
      denied: bothDenials(deniedBy(earlier), deniedBy(later)),
    };
  }
}

function markOf(marks: ReadonlyMap<string | undefined, Mark>, id: string | undefined): Mark {
  return marks.get(id?.toLowerCase()) ?? NO_MARK;
}
