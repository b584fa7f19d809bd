import { systemClock } from '../extend.js';
import type { Heartbeat } from './change-entries.js';

/** How long no instance publishes a heartbeat, and how much longer at most, so that they do not all publish one. */
const HEARTBEAT_SECONDS = 10;
const MAXIMUM_DELAY_SECONDS = 5;

/** A heartbeat shows that an instance was there for about so long. Whatever PropelAuth sends while none is there, it sends again later. */
const HEARTBEAT_COUNTS_SECONDS = 60;

/**
 * Since when no change can be missing from the log: some instance has received all events and published them, and read every entry. So an
 * instance that starts need not ask about tokens from then on.
 */
export class Continuity {
  /** The latest time at which a change may have been lost. */
  private brokenAt = -Infinity;
  /** The heartbeats that were read before the start. */
  private heartbeats: Heartbeat[] = [];
  /** `undefined` before the start. In seconds since 1970. */
  private continuousSince: number | undefined;
  /** When to publish the next heartbeat, by the monotonic clock. */
  private nextAt = -Infinity;
  /** Whether the next heartbeat tells others that changes may be missing. */
  private isBreak = false;

  get since(): number | undefined {
    return this.continuousSince === undefined
      ? undefined
      : Math.max(this.continuousSince, this.brokenAt);
  }

  /** Reads a heartbeat of any instance. */
  read(heartbeat: Heartbeat): void {
    if (heartbeat.isBreak) this.brokenAt = Math.max(this.brokenAt, heartbeat.since);
    else if (this.continuousSince === undefined) this.heartbeats.push(heartbeat);
    // A break stays to be told to others.
    if (!this.isBreak) this.planHeartbeat();
  }

  /** Notes that this instance may have missed or lost a change. */
  noteBreak(time: number): void {
    this.brokenAt = Math.max(this.brokenAt, time);
    this.isBreak = true;
    this.nextAt = -Infinity;
  }

  /**
   * Starts with what the heartbeats of others show.
   *
   * @returns since when no change is missing
   */
  start(now: number): number {
    const recent = this.heartbeats.filter(
      ({ knownAt }) => now - knownAt <= HEARTBEAT_COUNTS_SECONDS,
    );
    this.heartbeats = [];
    this.continuousSince = Math.min(now, ...recent.map(({ since }) => since));
    return Math.max(this.continuousSince, this.brokenAt);
  }

  /** The heartbeat to publish now; `undefined` if it is too early. */
  nextHeartbeat(): Heartbeat | undefined {
    const { since, isBreak } = this;
    if (since === undefined || systemClock.monotonicSeconds() < this.nextAt) return undefined;
    this.isBreak = false;
    this.planHeartbeat();
    return { knownAt: systemClock.wallSeconds(), since, isBreak };
  }

  noteUnpublished({ isBreak }: Heartbeat): void {
    this.isBreak ||= isBreak;
  }

  private planHeartbeat(): void {
    const seconds = HEARTBEAT_SECONDS + MAXIMUM_DELAY_SECONDS * Math.random();
    this.nextAt = systemClock.monotonicSeconds() + seconds;
  }
}
