import { setTimeout as pause } from 'node:timers/promises';
import { call } from './clients.mjs';

/** How often each active user calls. */
const INTERVAL_MILLISECONDS = 3_000;

/** How the first calls arrive after a start: all at once, or one after the other in so many milliseconds. */
export const ARRIVALS = { 'at once': 0, 'within 3 s': INTERVAL_MILLISECONDS };

export const START_COLUMNS = ['start with', 'calls', '>requests', '>users in them', 'responses'];

/**
 * Restarts an instance whose active users have tokens from before, and counts what it asks PropelAuth.
 *
 * @param plan how many `activeUsers`, their `arrivals`, and for how many `seconds` they call
 * @returns a line of the table for each way in which calls arrive
 */
export async function measureStarts(name, plan, { propelAuth, service }) {
  const users = await propelAuth.createUsers(plan.activeUsers);
  // PropelAuth gives the times of tokens in whole seconds.
  await pause(1_000);
  const [instance] = service.instances;
  const lines = [];
  for (const arrival of plan.arrivals) {
    await instance.restart();
    propelAuth.takeCounts();
    const statuses = await callAll(instance, users, ARRIVALS[arrival], plan.seconds);
    const { requests, users: count } = propelAuth.takeCounts(instance.apiKey);
    const responses = [...statuses].map(([status, times]) => `${times} × ${status}`).join(', ');
    lines.push([name, arrival, `${requests}`, `${count}`, responses]);
  }
  return lines;
}

/** @returns how often each status was the response */
async function callAll({ url }, users, arrivalMilliseconds, seconds) {
  const end = performance.now() + seconds * 1_000;
  const statuses = new Map();
  const callAgain = async ({ token }, index) => {
    await pause((index / users.length) * arrivalMilliseconds);
    while (performance.now() < end) {
      const status = await call(`${url}/me`, token);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      await pause(Math.min(INTERVAL_MILLISECONDS, end - performance.now()));
    }
  };
  await Promise.all(users.map(callAgain));
  return statuses;
}
