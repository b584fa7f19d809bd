import type { Heartbeat } from './change-entries.js';

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

  get since(): number | undefined {
    return this.continuousSince === undefined
      ? undefined
      : Math.max(this.continuousSince, this.brokenAt);
  }

  read(heartbeat: Heartbeat): void {
    if (heartbeat.isBreak) this.noteBreak(heartbeat.since);
    else if (this.continuousSince === undefined) this.heartbeats.push(heartbeat);
  }

  noteBreak(time: number): void {
    this.brokenAt = Math.max(this.brokenAt, time);
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
}
