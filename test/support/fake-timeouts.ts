import { jest } from '@jest/globals';

/** Replaces `setTimeout` and nothing else: sockets, promises and the clock go on as ever. */
export function onlyFakeTimeouts(): void {
  jest.useFakeTimers({
    doNotFake: [
      'Date',
      'cancelAnimationFrame',
      'cancelIdleCallback',
      'clearImmediate',
      'clearInterval',
      'hrtime',
      'nextTick',
      'performance',
      'queueMicrotask',
      'requestAnimationFrame',
      'requestIdleCallback',
      'setImmediate',
      'setInterval',
    ],
  });
}
