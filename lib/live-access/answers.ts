import { LRUCache } from 'lru-cache';
import { hasFailed, type Answer } from './answer.js';
import type { Clock } from './clock.js';
import type { LiveAccessLimits } from './limits.js';

/** One that is forgotten costs a question. */
const MAXIMUM_ENTRIES = 10_000;
/** Organizations, roles and permissions, of all answers together: a user in many organizations takes the room of several. */
const MAXIMUM_SIZE = 500_000;

/** The last answer about each user, and for how long it is used. */
export class Answers {
  private readonly entries = new LRUCache<string, Answer>({
    max: MAXIMUM_ENTRIES,
    maxSize: MAXIMUM_SIZE,
    sizeCalculation: sizeOf,
  });

  constructor(
    private readonly clock: Clock,
    private readonly limits: LiveAccessLimits,
  ) {}

  /** @param changedAt when the last event came, by the monotonic clock */
  get(userId: string, changedAt: number): Answer | undefined {
    const answer = this.entries.get(userId);
    return answer && this.isUsable(answer, changedAt) ? answer : undefined;
  }

  /** An answer that was asked for earlier, but came later, does not count. */
  set(userId: string, answer: Answer): void {
    const known = this.entries.get(userId);
    if (known === undefined || known.askedAt <= answer.askedAt) this.entries.set(userId, answer);
  }

  /** Whether PropelAuth cannot have answered with what was before the last event. */
  isSettled(askedAt: number, changedAt: number): boolean {
    return askedAt >= changedAt + this.limits.settleSeconds;
  }

  /** Whether an answer to a question that was sent at a time is used now. */
  isCurrent(askedAt: number, changedAt: number): boolean {
    const { freshSeconds, provisionalSeconds } = this.limits;
    const lifetime = this.isSettled(askedAt, changedAt) ? freshSeconds : provisionalSeconds;
    return askedAt >= changedAt && this.ageOf(askedAt) < lifetime;
  }

  private isUsable(answer: Answer, changedAt: number): boolean {
    if (!hasFailed(answer)) return this.isCurrent(answer.askedAt, changedAt);
    return (
      answer.askedAt >= changedAt && this.ageOf(answer.failedAt) < this.limits.provisionalSeconds
    );
  }

  private ageOf(time: number): number {
    return this.clock.monotonicSeconds() - time;
  }
}

/** How many organizations, roles and permissions an answer has; at least one. */
function sizeOf(answer: Answer): number {
  if (hasFailed(answer) || answer.state === null) return 1;
  let size = 0;
  for (const roles of answer.state.orgs.values()) {
    size +=
      2 +
      roles.userInheritedRolesPlusCurrentRole.length +
      roles.userAssignedAdditionalRoles.length +
      roles.userPermissions.length;
  }
  return Math.max(1, size);
}
