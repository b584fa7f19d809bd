import { jest } from '@jest/globals';

/**
 * Fakes the timers and clocks that the package goes by. The network's own are not among them: servers and clients answer in
 * their time.
 */
export function useFakeTimers(): void {
  jest.useFakeTimers({
    doNotFake: ['nextTick', 'setImmediate', 'clearImmediate', 'queueMicrotask'],
  });
}

// Taken before any test fakes it.
const now = performance.now.bind(performance);

const MAXIMUM_WAIT_MILLISECONDS = 20_000;

/** Waits until something holds. What has not come about after 20 s will not: the test fails rather than wait for ever. */
export async function until(holds: () => boolean): Promise<void> {
  const start = now();
  while (!holds()) {
    if (now() - start > MAXIMUM_WAIT_MILLISECONDS)
      throw new Error(`Waited in vain: ${String(holds)}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
