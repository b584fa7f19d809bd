import { Rejection } from '../../rejections/rejection.js';
import type { Clock } from '../../values/clock.js';

/** How long PropelAuth counts as unreachable after a failure. */
const OUTAGE_SECONDS = 30;

/** The maximum for a `Retry-After`. A wrong header must not keep users out for longer. */
const MAXIMUM_PAUSE_SECONDS = 30;

/** Calls wait for the end of a brief pause, such as after a 429 without `Retry-After`. A turn in the queue may take as long. */
const MAXIMUM_BRIEF_PAUSE_SECONDS = 2;

/** A pause that PropelAuth asks for, until a time by the monotonic clock. */
interface Pause {
  readonly until: number;
  readonly isBrief: boolean;
  /** The failure of questions during the pause. */
  readonly failure: unknown;
}

/** Tracks whether PropelAuth responds to requests about users, and whether it may be asked. */
export class Availability {
  /** The time of the failure by the monotonic clock; `undefined` if the last request had an answer. */
  private failedAt: number | undefined;
  private latestPause: Pause | undefined;

  constructor(private readonly clock: Clock) {}

  /** Whether the last request to PropelAuth failed recently. */
  get isFailing(): boolean {
    if (this.failedAt === undefined) return false;
    return this.clock.monotonicSeconds() - this.failedAt < OUTAGE_SECONDS;
  }

  /** The current pause; `undefined` if PropelAuth may be asked. */
  get pause(): Pause | undefined {
    const pause = this.latestPause;
    return pause && this.clock.monotonicSeconds() < pause.until ? pause : undefined;
  }

  noteAnswer(): void {
    this.failedAt = undefined;
  }

  /** @param failure why a request had no answer. Its `retryAfterSeconds` starts a pause */
  noteFailure(failure: unknown): void {
    const now = this.clock.monotonicSeconds();
    const seconds = failure instanceof Rejection ? failure.retryAfterSeconds : undefined;
    const isBrief = seconds !== undefined && seconds <= MAXIMUM_BRIEF_PAUSE_SECONDS;
    if (!isBrief) this.failedAt = now;
    if (seconds === undefined) return;
    const until = now + Math.min(seconds, MAXIMUM_PAUSE_SECONDS);
    if (until > (this.latestPause?.until ?? 0)) this.latestPause = { until, isBrief, failure };
  }
}
