/**
 * How soon a change of access counts on each of several instances, with a PropelAuth whose reads lag behind, clocks that differ, and trouble
 * with Redis; see the README. Needs `npm run build` and a redis-server:
 *
 *   node bench/live-access/run.mjs [--changes 200] [--rate 200] [--only "restarts"] [--seed 1]
 *
 * Exits with 1 when a bound is broken.
 */
import { parseArgs } from 'node:util';
import { markdownTable } from '../report/markdown-table.mjs';
import { figuresOf } from './figures.mjs';
import { runScenario } from './proof.mjs';
import { SCENARIOS } from './scenarios.mjs';
import { now } from './time.mjs';

/** More would be more of the same. */
const MAXIMUM_VIOLATIONS_SHOWN = 20;

const { values } = parseArgs({
  options: {
    changes: { type: 'string', default: '200' },
    rate: { type: 'string', default: '200' },
    only: { type: 'string', default: '' },
    seed: { type: 'string', default: '1' },
  },
});
const settings = {
  changes: Number(values.changes),
  rate: Number(values.rate),
  seed: Number(values.seed),
};

const results = [];
for (const scenario of SCENARIOS) {
  if (!scenario.name.includes(values.only)) continue;
  console.error(`${Math.round(now())} s: ${scenario.name}`);
  const { figures, violations } = figuresOf(await runScenario(scenario, settings));
  results.push({ name: scenario.name, figures });
  for (const violation of violations.slice(0, MAXIMUM_VIOLATIONS_SHOWN)) console.error(violation);
  if (violations.length > 0) {
    console.error(`${violations.length} violations`);
    process.exitCode = 1;
  }
}
console.log(
  markdownTable(
    ['', ...results.map(({ name }) => `>${name}`)],
    Object.keys(results[0].figures).map((what) => [
      what,
      ...results.map(({ figures }) => figures[what]),
    ]),
  ),
);
