import { forEachBuild } from '../builds.mjs';
import { measureThroughput } from '../load/throughput.mjs';
import { createChart } from '../report/bar-chart.mjs';
import { markdownTable } from '../report/markdown-table.mjs';
import { thousands } from '../report/numbers.mjs';
import { median, medianRatio } from '../statistics.mjs';

const BASELINE = { id: 'no-op-guard', label: 'guard that returns true', isOpen: true };

const OWN = [
  { id: 'one', label: 'nestjs-propelauth, one token' },
  { id: 'many', label: 'nestjs-propelauth, 1,500 tokens', tokens: 'many' },
];

/** On a line of Node.js that one of them does not support, its row is left out. */
const OTHERS = [
  { id: 'fast-jwt', label: 'guard on fast-jwt, its cache on' },
  { id: 'better-auth', label: '@thallesp/nestjs-better-auth, cookie cache on' },
  { id: 'propelauth-express', label: '@propelauth/express' },
  { id: 'nest-jwt', label: '@nestjs/jwt in a guard' },
  { id: 'passport-jwt', label: '@nestjs/passport + passport-jwt' },
];

/** This package beside others, on a line of Node.js that all of them support. */
export const others = {
  name: 'others',
  title: 'Beside others, on Express',
  lines: ['24'],
  async measure({ nodes: [node], builds, plan, ...context }) {
    const rows = createRows(builds);
    const results = await measureThroughput(node, rows, plan, context);
    const measured = rows
      .filter(({ id }) => results.has(id))
      .map(({ id, label, isOwn }) => ({
        label,
        isOwn,
        rate: median(results.get(id)),
        ratio: medianRatio(results.get(id), results.get(BASELINE.id)),
      }));
    const table = markdownTable(
      ['route', '>requests per second', '>ratio'],
      measured.map(({ label, rate, ratio }) => [label, thousands(rate), ratio.toFixed(3)]),
    );
    return { tables: [table], chart: createChart(measured, node) };
  },
};

function createRows(builds) {
  const own = OWN.flatMap((row) =>
    forEachBuild(builds, { ...row, protection: 'nestjs-propelauth', rule: 'user', isOwn: true }),
  );
  const foreign = OTHERS.map((row) => ({ ...row, mayFail: true }));
  const rows = [BASELINE, ...own, ...foreign];
  return rows.map((row) => ({ protection: row.id, application: 'reports', ...row }));
}
