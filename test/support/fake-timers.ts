import { registerCleanup } from './clean-up.js';

/** Everything that Jest can fake. */
const CLOCKS = [
  'Date',
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
] as const;

type Clock = (typeof CLOCKS)[number];

/** Fakes these and nothing else: sockets, promises and cryptography go on as ever. */
function fake(clocks: Clock[], now?: number | Date): void {
  registerCleanup(() => jest.useRealTimers());
  jest.useFakeTimers({ now, doNotFake: CLOCKS.filter((clock) => !clocks.includes(clock)) });
}

/** Stops `Date` at a time. `jest.setSystemTime` moves it. */
export function stopClock(now: number | Date): void {
  fake(['Date'], now);
}

/** Fakes `setTimeout`. */
export function onlyFakeTimeouts(): void {
  fake(['setTimeout', 'clearTimeout']);
}

/** Stops `Date` at a time, and fakes `setTimeout`: no deadline passes, however long the test takes. */
export function stopClockAndTimeouts(now: number | Date): void {
  fake(['Date', 'setTimeout', 'clearTimeout'], now);
}

/**
 * Fakes the timers and clocks that the package goes by. The network's own are not among them: servers and clients answer in
 * their time.
 */
export function useFakeTimers(): void {
  registerCleanup(() => jest.useRealTimers());
  jest.useFakeTimers({
    doNotFake: ['nextTick', 'setImmediate', 'clearImmediate', 'queueMicrotask'],
  });
}

let hoursAhead = 0;

/**
 * Stops `performance.now()`, which limits log lines, later than any test of this process has seen: nothing was logged within the last minute.
 */
export function stopLogClock(): { advance(milliseconds: number): void } {
  hoursAhead += 1;
  let stopped = Math.ceil(now()) + hoursAhead * 3_600_000;
  jest.spyOn(performance, 'now').mockImplementation(() => stopped);
  return { advance: (milliseconds) => void (stopped += milliseconds) };
}

// Taken before any test fakes them.
const now = performance.now.bind(performance);
const { setTimeout: wait } = globalThis;

const MAXIMUM_WAIT_MILLISECONDS = 20_000;
const PAUSE_MILLISECONDS = 2;

/** Waits until something holds. What has not come about after 20 s will not: the test fails rather than wait for ever. */
export async function until(holds: () => boolean): Promise<void> {
  const start = now();
  while (!holds()) {
    if (now() - start > MAXIMUM_WAIT_MILLISECONDS)
      throw new Error(`Waited in vain: ${String(holds)}`);
    await new Promise((resolve) => wait(resolve, PAUSE_MILLISECONDS));
  }
}
