import { jest } from '@jest/globals';

/**
 * Sets the clock to a time and stops it there. Only `Date` is replaced: timers, promises and cryptography go on as ever.
 * `jest.setSystemTime` moves the clock, `jest.useRealTimers` gives it back.
 */
export function stopClock(now: number | Date): void {
  jest.useFakeTimers({
    now,
    doNotFake: [
      'cancelAnimationFrame',
      'cancelIdleCallback',
      'clearImmediate',
      'clearInterval',
      'clearTimeout',
      'hrtime',
      'nextTick',
      'performance',
      'queueMicrotask',
      'requestAnimationFrame',
      'requestIdleCallback',
      'setImmediate',
      'setInterval',
      'setTimeout',
    ],
  });
}
