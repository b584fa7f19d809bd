import { setTimeout as wait } from 'node:timers/promises';

/** Seconds of the clock by which the proof measures. It is never set back. */
export function now() {
  return performance.now() / 1000;
}

export function sleep(seconds) {
  return wait(seconds * 1000);
}

/** Sleeps until a time of {@link now}. */
export function sleepUntil(time) {
  return sleep(Math.max(0, time - now()));
}
