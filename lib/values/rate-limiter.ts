/**
 * Limits how often something is done: a burst up to the capacity, then once more after each interval. Uses the monotonic clock, which is
 * never set back.
 */
export class RateLimiter {
  private available: number;
  private refilledAt = performance.now();

  /**
   * @param capacity the maximum burst
   * @param refillMilliseconds the interval after which one more is allowed
   */
  constructor(
    private readonly capacity: number,
    private readonly refillMilliseconds: number,
  ) {
    this.available = capacity;
  }

  /** Takes one from the capacity. Returns whether there was one. */
  take(): boolean {
    this.refill();
    if (this.available === 0) return false;
    this.available--;
    return true;
  }

  private refill(): void {
    const now = performance.now();
    const refills = Math.floor((now - this.refilledAt) / this.refillMilliseconds);
    if (refills === 0) return;
    this.available = Math.min(this.capacity, this.available + refills);
    this.refilledAt += refills * this.refillMilliseconds;
  }
}
