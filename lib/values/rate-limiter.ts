/**
 * Limits how often something is done: a number of times at once, and then again each time an interval has passed.
 *
 * It uses a clock that is never set back.
 */
export class RateLimiter {
  private available: number;
  private refilledAt = performance.now();

  /**
   * @param capacity how often at once
   * @param refillMilliseconds after how long once more
   */
  constructor(
    private readonly capacity: number,
    private readonly refillMilliseconds: number,
  ) {
    this.available = capacity;
  }

  /** Takes one, if there is one. */
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
