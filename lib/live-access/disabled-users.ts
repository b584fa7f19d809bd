import type { LiveAccessLimits } from './limits.js';

interface Entry {
  /** When the last event came that says so, by the monotonic clock. */
  readonly at: number;
  /** Whether no event has come since that says the opposite. */
  readonly isCertain: boolean;
}

/**
 * Users who are disabled or deleted, as events say. Events come in any order, so that one about a user who was enabled may be the older one:
 * only an answer of PropelAuth to a later question lifts the entry.
 */
export class DisabledUsers {
  /** By ids in lower case. */
  private readonly entries = new Map<string, Entry>();
  private areAllKnown = true;

  constructor(private readonly limits: LiveAccessLimits) {}

  /** @param at by the monotonic clock */
  add(userId: string, at: number): void {
    const id = userId.toLowerCase();
    this.entries.delete(id);
    this.entries.set(id, { at, isCertain: true });
    if (this.entries.size <= this.limits.maximumMarks) return;
    const [oldest] = this.entries.keys();
    this.entries.delete(oldest as string);
    this.areAllKnown = false;
  }

  /** Takes note of an event that says that a user was enabled. */
  doubt(userId: string): void {
    const id = userId.toLowerCase();
    const entry = this.entries.get(id);
    if (entry !== undefined) this.entries.set(id, { ...entry, isCertain: false });
  }

  /**
   * Takes note that PropelAuth has called a user enabled. An answer from the first minutes counts, but lifts nothing: PropelAuth may lag, and
   * nothing would ask about newer tokens again.
   */
  lift(userId: string, askedAt: number): void {
    const id = userId.toLowerCase();
    const entry = this.entries.get(id);
    if (entry && askedAt >= entry.at + this.limits.followedSeconds) this.entries.delete(id);
  }

  /** Whether the last event says that a user is one of them. */
  has(userId: string): boolean {
    return this.entries.get(userId.toLowerCase())?.isCertain === true;
  }

  /** Whether a user may be one of them: any, if there were too many to remember. */
  mayHave(userId: string): boolean {
    return !this.areAllKnown || this.entries.has(userId.toLowerCase());
  }
}
