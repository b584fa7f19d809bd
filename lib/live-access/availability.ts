import { Rejection } from '../rejections/rejection.js';
import type { Clock } from './clock.js';

/** How long PropelAuth is taken for out of reach after a failure. */
const OUTAGE_SECONDS = 30;

/** A mistake in a `Retry-After` must not keep users out for longer. */
const MAXIMUM_PAUSE_SECONDS = 30;

/** Calls wait for the end of a pause that is no longer than their turn could take, as after a 429 that does not say how long. */
const MAXIMUM_BRIEF_PAUSE_SECONDS = 2;

/** PropelAuth asks to be left alone until a time by the monotonic clock. */
interface Pause {
  readonly until: number;
  readonly isBrief: boolean;
  /** What questions fail with meanwhile. */
  readonly failure: unknown;
}

/** Tracks whether PropelAuth responds to requests about users, and whether it may be asked. */
export class Availability {
  /** By the monotonic clock; `undefined` when the last request had an answer. */
  private failedAt: number | undefined;
  private latestPause: Pause | undefined;

  constructor(private readonly clock: Clock) {}

  /** Whether the last request to PropelAuth just failed. */
  get isFailing(): boolean {
    if (this.failedAt === undefined) return false;
    return this.clock.monotonicSeconds() - this.failedAt < OUTAGE_SECONDS;
  }

  /** Until when nothing is sent; `undefined` when PropelAuth may be asked. */
  get pause(): Pause | undefined {
    const pause = this.latestPause;
    return pause && this.clock.monotonicSeconds() < pause.until ? pause : undefined;
  }

  noteAnswer(): void {
    this.failedAt = undefined;
  }

  /** @param failure why a request had no answer. What it says about when to try again is kept to */
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
