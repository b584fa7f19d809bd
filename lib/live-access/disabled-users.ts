import type { LiveAccessLimits } from './limits.js';

interface DisabledUser {
  /** When the last event that disabled the user arrived, by the monotonic clock. */
  readonly at: number;
  /** Whether no later event has enabled the user. */
  readonly isCertain: boolean;
}

/**
 * The users who are disabled or deleted, according to events: for credentials without a date, and while PropelAuth cannot be asked. Events
 * arrive in any order, so an event that enables a user may be the older
 * one. Only PropelAuth's answer to a later question removes an entry.
 */
export class DisabledUsers {
  /** The entries by user id in lower case. */
  private readonly entries = new Map<string, DisabledUser>();
  private areAllKnown = true;

  constructor(private readonly limits: LiveAccessLimits) {}

  /** @param at when the event arrived, by the monotonic clock */
  add(userId: string, at: number): void {
    const id = userId.toLowerCase();
    this.entries.delete(id);
    this.entries.set(id, { at, isCertain: true });
    if (this.entries.size <= this.limits.maximumMarks) return;
    const [oldest] = this.entries.keys();
    this.entries.delete(oldest as string);
    this.areAllKnown = false;
  }

  /** Records an event that enables a user. */
  doubt(userId: string): void {
    const id = userId.toLowerCase();
    const entry = this.entries.get(id);
    if (entry !== undefined) this.entries.set(id, { ...entry, isCertain: false });
  }

  /**
   * Records an answer in which a user is enabled. An answer that is not settled decides its call but removes no entry.
   */
  lift(userId: string, askedAt: number): void {
    const id = userId.toLowerCase();
    const entry = this.entries.get(id);
    if (entry && askedAt >= entry.at + this.limits.settleSeconds) this.entries.delete(id);
  }

  /** Whether a user is disabled or deleted, according to the last event. */
  has(userId: string): boolean {
    return this.entries.get(userId.toLowerCase())?.isCertain === true;
  }

  /** Whether a user may be disabled or deleted. If there were too many to remember, any user may. */
  mayHave(userId: string): boolean {
    return !this.areAllKnown || this.entries.has(userId.toLowerCase());
  }
}
