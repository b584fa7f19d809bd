import { RateLimiter } from './rate-limiter.js';

/** The current number of successful calls of take(). */
function count(bucket: RateLimiter): number {
  let taken = 0;
  while (bucket.take()) taken++;
  return taken;
}

describe('RateLimiter', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('allows its capacity at once', () => {
    expect(count(new RateLimiter(3, 10_000))).toBe(3);
  });

  it('adds one after each interval, and none before', () => {
    const bucket = new RateLimiter(3, 10_000);
    count(bucket);
    jest.advanceTimersByTime(9_999);
    expect(bucket.take()).toBe(false);
    jest.advanceTimersByTime(1);
    expect(count(bucket)).toBe(1);
    jest.advanceTimersByTime(20_000);
    expect(count(bucket)).toBe(2);
  });

  it('keeps the elapsed part of an interval when it is called', () => {
    const bucket = new RateLimiter(1, 10_000);
    count(bucket);
    jest.advanceTimersByTime(15_000);
    expect(count(bucket)).toBe(1);
    jest.advanceTimersByTime(5_000);
    expect(count(bucket)).toBe(1);
  });

  it('never exceeds its capacity, after any pause', () => {
    const bucket = new RateLimiter(3, 10_000);
    jest.advanceTimersByTime(3_600_000);
    expect(count(bucket)).toBe(3);
  });
});
