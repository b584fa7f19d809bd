import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { AT_ONCE } from './propelauth.mjs';
import { Subject } from './subject.mjs';

const KEY = 'nestjs-propelauth:access-changes';

/** A subject calls and opens its streams for so long before the first change. */
const BEFORE_MILLISECONDS = 600;

/** How long Redis fails in one round, and how long events arrive, beginning a little before. */
const FAULT_MILLISECONDS = 4_000;

const atOnce = () => [{ wait: BEFORE_MILLISECONDS, isAllowed: false, deliveries: [0] }];

/** One to three changes of the same access, whose events arrive late, some twice, and in any order. */
function outOfOrder(change) {
  const count = change === 'remove' ? 1 : randomInt(1, 4);
  return Array.from({ length: count }, (_, index) => ({
    wait: index === 0 ? BEFORE_MILLISECONDS : randomInt(2_000),
    isAllowed: index % 2 === 1,
    deliveries: Array.from({ length: randomInt(1, 3) }, () => randomInt(3_000)),
  }));
}

/** What Redis does during a round. */
const FAULTS = {
  async restarted(redis, round) {
    await redis.end(round % 2 === 0 ? 'SIGKILL' : 'SIGTERM');
    await pause(randomInt(FAULT_MILLISECONDS));
    await redis.startAgain();
  },
  async paused(redis, round) {
    if (round % 2 === 0) return redis.run('CLIENT', 'PAUSE', `${FAULT_MILLISECONDS}`);
    redis.signal('SIGSTOP');
    await pause(FAULT_MILLISECONDS);
    redis.signal('SIGCONT');
  },
  emptied: (redis, round) => again(redis, round % 2 === 0 ? ['FLUSHALL'] : ['DEL', KEY]),
  trimmed: (redis) => again(redis, ['XTRIM', KEY, 'MAXLEN', '0']),
};

async function again(redis, command) {
  const end = performance.now() + FAULT_MILLISECONDS;
  while (performance.now() < end) {
    await redis.run(...command);
    await pause(randomInt(50, 400));
  }
}

const DENYING = { changes: ['disable', 'remove'] };
const DISORDER = { changes: ['disable', 'remove', 'demote'], steps: outOfOrder };
const OLD_ANSWERS = { slowness: { delay: 300, lag: 1_500 } };

/** The goals of the last instance, in milliseconds, with PropelAuth's answer. */
const WITH_LOG = { goal: 300 };
const WITHOUT_LOG = { goal: 1_300 + AT_ONCE.delay };
const ROLES = { goal: 3_000 + AT_ONCE.delay };
const ROLES_BY_OLD_ANSWERS = { goal: 3_000 + 1_800 };

/** The rows of the table: which access changes, and what happens meanwhile. `isBrief` ones are in the quick run. */
export const ROWS = [
  { name: 'disabled, removed', ...DENYING, ...WITH_LOG, isBrief: true },
  ...Object.entries(FAULTS).map(([fault, make]) => ({
    name: `disabled, removed; Redis is ${fault}`,
    ...DENYING,
    ...WITHOUT_LOG,
    fault: make,
    isBrief: fault === 'restarted' || fault === 'emptied',
  })),
  { name: 'role changed', changes: ['demote'], ...ROLES },
  {
    name: 'role changed; answers up to 1.5 s old',
    changes: ['demote'],
    ...OLD_ANSWERS,
    ...ROLES_BY_OLD_ANSWERS,
  },
  {
    name: 'all, late, twice, out of order; answers up to 1.5 s old',
    ...DISORDER,
    ...OLD_ANSWERS,
    ...ROLES_BY_OLD_ANSWERS,
  },
  { name: 'disabled, removed; clocks ±20 s', ...DENYING, ...WITH_LOG, hasShiftedClocks: true },
  {
    name: 'all, late, twice, out of order; answers up to 1.5 s old; clocks ±20 s',
    ...DISORDER,
    ...OLD_ANSWERS,
    ...ROLES_BY_OLD_ANSWERS,
    isBrief: true,
    hasShiftedClocks: true,
  },
];

/** Lets the access of many users change, one after the other or around a fault. @returns what became of each */
export async function runRow({ changes, steps = atOnce, fault }, plan, { redis, ...context }) {
  const users = await context.propelAuth.createUsers(
    fault ? plan.rounds * plan.changesPerRound : plan.changes,
  );
  const starts = users.map((user, index) => async (delay) => {
    const change = changes[index % changes.length];
    await pause(delay);
    return new Subject({ ...context, user, change }).run(steps(change), plan);
  });
  if (fault === undefined) {
    const interval = 1_000 / plan.changesPerSecond;
    return Promise.all(starts.map((start, index) => start(index * interval)));
  }
  const results = [];
  for (let round = 0; round < plan.rounds; round++) {
    const startsOfRound = starts.splice(0, plan.changesPerRound);
    const [ofRound] = await Promise.all([
      Promise.all(startsOfRound.map((start) => start(randomInt(FAULT_MILLISECONDS)))),
      // The first changes come a little before the fault.
      pause(BEFORE_MILLISECONDS + 300).then(() => fault(redis, round)),
    ]);
    results.push(...ofRound);
  }
  return results;
}
