/** The benchmark: `npm run bench` in the root. README.md describes the options. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { measureInProcess } from './in-process/figures.mjs';
import { measureThroughput } from './load/throughput.mjs';
import { installNodes } from './nodes.mjs';
import { planOf } from './plan.mjs';
import { createChart } from './report/bar-chart.mjs';
import { createReport } from './report/report.mjs';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    node: { type: 'string' },
  },
});
const isFullRun = !options.quick && options.only === undefined && options.node === undefined;

const plan = planOf(options);
const measurements = [];
for (const node of await installNodes(options.node)) measurements.push(await measureOn(node));

const report = createReport(measurements);
console.log(`\n${report}`);
if (isFullRun) {
  writeFileSync(new URL('results.md', import.meta.url), report);
  writeFileSync(new URL('results.svg', import.meta.url), createChart(measurements));
  console.error('Wrote bench/results.md and bench/results.svg');
}

async function measureOn(node) {
  const progress = (message) =>
    console.error(`${Math.round(performance.now() / 1000)} s: Node.js ${node.version}, ${message}`);
  const inProcess = await measureInProcess(node, plan, progress);
  const rows = plan.throughput && (await measureThroughput(node, plan.throughput, progress));
  return { node, rows, inProcess };
}
