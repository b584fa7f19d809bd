/*
 * Three instances of a service with `liveAccess()` and a real Redis, each in its own process, while the access of users changes: how long
 * until the last instance rejects a user and has closed their streams, which decisions are wrong, and what PropelAuth is asked. README.md
 * describes the tables and the options.
 */
import { loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { markdownTable } from '../report/markdown-table.mjs';
import { CHANGE_COLUMNS, measureChanges } from './changes.mjs';
import { PropelAuth } from './propelauth.mjs';
import { RedisServer } from './redis-server.mjs';
import { ROWS } from './rows.mjs';
import { Service } from './service.mjs';
import { ARRIVALS, measureStarts, START_COLUMNS } from './starts.mjs';

const FULL = {
  /** In a row without a fault, and with one. */
  changes: 200,
  changesPerSecond: 5,
  rounds: 6,
  changesPerRound: 12,
  /** How long users are watched after a change counts everywhere, and how long at most. */
  watchedMilliseconds: 4_000,
  maximumMilliseconds: 15_000,
  activeUsers: 1_000,
  arrivals: Object.keys(ARRIVALS),
  seconds: 30,
  options: {},
  /** By default, clocks may differ by 60 s, and PropelAuth may give old answers for 2 s. Tokens from then on are newer than a start. */
  doubtSeconds: 63,
};

/** To check that it works, in a minute. */
const QUICK = {
  ...FULL,
  changes: 15,
  rounds: 1,
  watchedMilliseconds: 500,
  maximumMilliseconds: 7_000,
  activeUsers: 300,
  arrivals: ['at once'],
  seconds: 3,
  options: { clockToleranceSeconds: 1 },
  doubtSeconds: 4,
};

const { values: settings } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string', default: '' } },
});
const plan = settings.quick ? QUICK : FULL;
const rows = ROWS.filter(
  ({ name, isBrief }) => name.includes(settings.only) && (isBrief || !settings.quick),
);
const withStarts = 'starts'.includes(settings.only);
const loadAtStart = loadavg()[0];
const propelAuth = new PropelAuth();
await propelAuth.listen();
const changeLines = [];
const startLines = [];

await withService({}, async (context) => {
  if (withStarts) {
    await addStarts('a log younger than the tokens', context);
    await withService({ sharesChanges: false, clockShifts: [0] }, (alone) =>
      addStarts('no log', alone),
    );
  }
  await pause(plan.doubtSeconds * 1_000);
  if (withStarts) await addStarts('a log without a break', context);
  await addChanges(
    rows.filter((row) => !row.hasShiftedClocks),
    context,
  );
});
const shiftedRows = rows.filter((row) => row.hasShiftedClocks);
if (shiftedRows.length > 0) {
  await withService({ clockShifts: [0, 20, -20], options: {} }, (context) =>
    addChanges(shiftedRows, context),
  );
}
propelAuth.close();

const load = [loadAtStart, loadavg()[0]].map((value) => value.toFixed(1));
console.log(`Node.js ${process.version}, load ${load.join(' before and ')} after\n`);
if (rows.length > 0) console.log(`${markdownTable(CHANGE_COLUMNS, changeLines)}\n`);
if (withStarts) console.log(markdownTable(START_COLUMNS, startLines));

async function withService(
  { sharesChanges = true, clockShifts = [0, 0, 0], options = plan.options },
  use,
) {
  const redis = sharesChanges ? await RedisServer.start() : undefined;
  const service = await Service.start({ propelAuth, redisUrl: redis?.url, clockShifts, options });
  await use({ propelAuth, service, redis });
  await service.close();
  await redis?.close();
}

async function addStarts(name, context) {
  progress(`start with ${name}`);
  startLines.push(...(await measureStarts(name, plan, context)));
}

async function addChanges(wanted, context) {
  for (const row of wanted) {
    progress(row.name);
    changeLines.push(await measureChanges(row, plan, context));
  }
}

function progress(message) {
  console.error(`${Math.round(performance.now() / 1_000)} s: ${message}`);
}
