import type { Clock } from '../extend.js';

/** An instance that has read nothing of the log for longer may have missed changes. */
const MAXIMUM_SILENCE_SECONDS = 1;

/** How long this instance has not followed the log of changes that it shares with other instances. */
export class Lag {
  /** When the log was last read to its end; -Infinity after a failure, Infinity if the log tells of its failures itself. */
  private currentUntil = -Infinity;
  private behindSince: number;

  constructor(private readonly clock: Clock) {
    this.behindSince = clock.monotonicSeconds();
  }

  get isBehind(): boolean {
    return this.clock.monotonicSeconds() > this.currentUntil;
  }

  get seconds(): number {
    if (!this.isBehind) return 0;
    return this.clock.monotonicSeconds() - this.behindSince;
  }

  /** @param isPolled whether the log is read again and again, so that silence is a failure */
  noteCurrent(isPolled: boolean): void {
    this.behindSince = this.clock.monotonicSeconds();
    this.currentUntil = isPolled ? this.behindSince + MAXIMUM_SILENCE_SECONDS : Infinity;
  }

  noteFailure(): void {
    if (!this.isBehind) this.behindSince = this.clock.monotonicSeconds();
    this.currentUntil = -Infinity;
  }
}
