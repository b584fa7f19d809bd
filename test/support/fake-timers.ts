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

/** Waits, however long it takes, until something holds; the test's own time limit is the only one. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
