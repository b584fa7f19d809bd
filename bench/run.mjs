/** The benchmark: `npm run bench` in the root. README.md describes the options. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { buildsOf } from './builds.mjs';
import { installNodes, LINES } from './nodes.mjs';
import { importTime } from './parts/import.mjs';
import { inProcess } from './parts/in-process.mjs';
import { knownToken } from './parts/known-token.mjs';
import { memory } from './parts/memory.mjs';
import { others } from './parts/others.mjs';
import { rules } from './parts/rules.mjs';
import { size } from './parts/size.mjs';
import { startup } from './parts/startup.mjs';
import { planOf } from './plan.mjs';
import { createReport } from './report/report.mjs';

const PARTS = [knownToken, rules, others, inProcess, importTime, size, startup, memory];

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    node: { type: 'string' },
    base: { type: 'string' },
  },
});
const names = PARTS.map(({ name }) => name);
mustBeOneOf('--only', options.only, names);
mustBeOneOf('--node', options.node, LINES);
const isFullRun = !options.quick && !options.only && !options.node && !options.base;

const builds = buildsOf(options.base);
const plan = planOf(options);
const installed = await installNodes();
const measurements = [];
const parts = PARTS.filter(({ name }) => [name, undefined].includes(options.only));
for (const part of parts) measurements.push(await measure(part));

const report = createReport(measurements);
console.log(`\n${report}`);
if (isFullRun) {
  writeFileSync(new URL('results.md', import.meta.url), report);
  const { chart } = measurements.find(({ name }) => name === others.name);
  writeFileSync(new URL('results.svg', import.meta.url), chart);
  console.error('Wrote bench/results.md and bench/results.svg');
}
console.error(`Took ${secondsSinceStart()} s`);

async function measure({ name, title, lines, measure: measurePart }) {
  const wanted = options.node ? [options.node] : lines;
  const nodes = installed.filter(({ line }) => wanted.includes(line));
  const notes = [];
  const progress = (message) => console.error(`${secondsSinceStart()} s: ${name}, ${message}`);
  const context = { nodes, builds, plan: plan[name], notes, progress };
  return { name, title, nodes, notes, ...(await measurePart(context)) };
}

function secondsSinceStart() {
  return Math.round(performance.now() / 1_000);
}

function mustBeOneOf(option, value, values) {
  if (value !== undefined && !values.includes(value)) {
    throw new Error(`${option} takes one of: ${values.join(', ')}`);
  }
}
