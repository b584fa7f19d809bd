import { monitorEventLoopDelay } from 'node:perf_hooks';
import { OtherUsers } from './other-users.mjs';
import { AT_ONCE } from './propelauth.mjs';
import { runRow } from './rows.mjs';

export const CHANGE_COLUMNS = [
  'what changes',
  '>changes',
  '>goal',
  '>rejected p50',
  '>p99',
  '>max',
  '>late',
  '>and closed p50',
  '>p99',
  '>max',
  '>late',
  '>wrong access',
  '>wrong rejections',
  '>decisions',
  '>requests (users)',
  '>503 to events',
  '>pause',
];

/** Lets the access of users change as a row says. @returns a line of the table */
export async function measureChanges(row, plan, context) {
  const { propelAuth, service } = context;
  propelAuth.slowness = row.slowness ?? AT_ONCE;
  propelAuth.takeCounts();
  const rejectedBefore = service.rejectedEvents;
  const pauses = monitorEventLoopDelay({ resolution: 10 });
  pauses.enable();
  const others = new OtherUsers();
  await others.start(context);
  const results = await runRow(row, plan, context);
  await others.stop();
  pauses.disable();
  propelAuth.slowness = AT_ONCE;

  const judges = [...results.flatMap((result) => result.judges), ...others.judges];
  const verdicts = judges.map((judge) => judge.verdicts);
  const lost = results.filter(({ rejected }) => rejected !== undefined);
  const rejected = lost.map((result) => result.rejected);
  const closed = lost.map((result) => Math.max(result.rejected, result.closed));
  const { requests, users } = propelAuth.takeCounts();
  return [
    row.name,
    `${results.length}`,
    seconds(row.goal),
    ...figuresOf(rejected, row.goal),
    ...figuresOf(closed, row.goal),
    ...['wrongAccess', 'wrongRejections', 'decisions'].map((name) => `${sumOf(verdicts, name)}`),
    `${requests} (${users})`,
    `${service.rejectedEvents - rejectedBefore}`,
    `${Math.round(pauses.max / 1e6)} ms`,
  ];
}

/** Percentiles by the nearest rank, and how many times are above the goal. */
function figuresOf(times, goal) {
  const sorted = times.toSorted((one, other) => one - other);
  const percentiles = [0.5, 0.99, 1].map((part) => sorted[Math.ceil(part * sorted.length) - 1]);
  const late = times.filter((time) => time > goal).length;
  return [...percentiles.map(seconds), `${late}`];
}

function seconds(milliseconds) {
  return milliseconds === Infinity ? 'never' : (milliseconds / 1_000).toFixed(2);
}

function sumOf(verdicts, name) {
  return verdicts.reduce((sum, verdict) => sum + verdict[name], 0);
}
