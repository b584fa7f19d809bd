import { createClient } from 'redis';
import { now, sleep } from './time.mjs';

const OUTAGE_SECONDS = 4;
const STALL_SECONDS = 3;

/**
 * What happens while access changes. `disturb` gets `{ redis, instances, outages }` and notes in `outages` when an instance, or without one the
 * connection between them, did not work: `{ from, to, instance }`.
 */
export const SCENARIOS = [
  { name: 'one instance', instances: 1 },
  { name: 'three instances', instances: 3 },
  {
    name: 'Redis restarts, persistent',
    instances: 3,
    isPersistent: true,
    disturb: restartRedis,
  },
  { name: 'Redis restarts, empty', instances: 3, isPersistent: false, disturb: restartRedis },
  { name: 'Redis is paused', instances: 3, disturb: pauseRedis },
  { name: 'stream trimmed away', instances: 3, disturb: trimStream },
];

async function restartRedis({ redis, outages }) {
  await loseRedis(outages, redis.kill.bind(redis), redis.start.bind(redis));
}

async function pauseRedis({ redis, outages }) {
  await loseRedis(outages, redis.pause.bind(redis), redis.resume.bind(redis));
}

/** Between `downFrom` and `downTo`, Redis certainly does nothing. */
async function loseRedis(outages, lose, bringBack) {
  const outage = { from: now(), downFrom: Infinity, downTo: Infinity, to: Infinity };
  outages.push(outage);
  await lose();
  outage.downFrom = now() + 0.1;
  await sleep(OUTAGE_SECONDS);
  outage.downTo = now();
  await bringBack();
  outage.to = now();
}

/** An instance stands still while its entries are trimmed away, and afterwards while the whole stream is deleted. */
async function trimStream({ redis, instances, outages }) {
  const client = await createClient({ url: redis.url }).connect();
  await stallDuring(instances[1], outages, () =>
    forEachKey((key) => client.xTrim(key, 'MAXLEN', 0)),
  );
  await sleep(STALL_SECONDS);
  await stallDuring(instances[2], outages, () => forEachKey((key) => client.del(key)));
  client.destroy();

  async function forEachKey(action) {
    for (const key of await client.keys('*')) await action(key);
  }
}

async function stallDuring(instance, outages, action) {
  const outage = { from: now(), to: Infinity, instance };
  outages.push(outage);
  instance.child.kill('SIGSTOP');
  await sleep(STALL_SECONDS);
  await action();
  instance.child.kill('SIGCONT');
  outage.to = now();
}
