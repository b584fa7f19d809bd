import { setTimeout } from 'node:timers/promises';

/** How long to wait between two attempts and for all of them, in milliseconds. */
const INTERVAL = 50;
const DEADLINE = 60_000;

/** Waits until something answers at a URL. Nest says that it has started before it listens. */
export async function untilReachable(url) {
  const deadline = Date.now() + DEADLINE;
  for (;;) {
    try {
      return await fetch(url);
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await setTimeout(INTERVAL);
    }
  }
}
