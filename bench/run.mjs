/** The whole benchmark: `npm run bench` in the root. With `--quick` a smoke run that writes nothing. */
import { writeFileSync } from 'node:fs';
import { measureInProcess } from './in-process/figures.mjs';
import { measureThroughput } from './load/throughput.mjs';
import { planOf } from './plan.mjs';
import { createReport } from './report/report.mjs';

const commandLine = process.argv.slice(2);
const plan = planOf(commandLine);
const progress = (message) =>
  console.error(`${Math.round(performance.now() / 1000)} s: ${message}`);

const inProcess = await measureInProcess(plan, progress);
const rows = await measureThroughput(plan.throughput, progress);
const { markdown, chart } = createReport({ rows, inProcess });
console.log(`\n${markdown}`);

if (!plan.quick) {
  writeFileSync(new URL('results.md', import.meta.url), markdown);
  writeFileSync(new URL('results.svg', import.meta.url), chart);
  progress('wrote bench/results.md and bench/results.svg');
}
