import { forEachBuild } from '../builds.mjs';
import { markdownTable } from '../report/markdown-table.mjs';
import { thousands } from '../report/numbers.mjs';
import { median, medianRatio } from '../statistics.mjs';
import { measureThroughput } from './throughput.mjs';

/**
 * Measures applications with a rule of this package, each beside the same application with a guard that returns true.
 *
 * @param applications each has an `id`, a `label`, its `rule`, and the settings of the `server`. Those with the same settings share one
 * application with the other guard
 */
export async function measureComparisons(node, applications, { builds, plan, ...context }) {
  const rows = applications.flatMap(({ server, ...application }) =>
    forEachBuild(builds, {
      ...application,
      ...server,
      protection: 'nestjs-propelauth',
      baseline: JSON.stringify(server),
    }),
  );
  const baselines = [...new Set(rows.map(({ baseline }) => baseline))].map((id) => ({
    ...JSON.parse(id),
    id,
    protection: 'no-op-guard',
    isOpen: true,
  }));
  const results = await measureThroughput(node, [...baselines, ...rows], plan, context);
  return rows
    .filter(({ id }) => results.has(id))
    .map((row) => ({
      ...row,
      cells: [row.label],
      ownRate: median(results.get(row.id)),
      baselineRate: median(results.get(row.baseline)),
      ratio: medianRatio(results.get(row.id), results.get(row.baseline)),
    }));
}

/** @param columns the headings of the `cells` of each comparison, by default its label */
export function comparisonTable(columns, comparisons) {
  return markdownTable(
    [...columns, '>guard that returns true', '>with the rule', '>ratio'],
    comparisons.map(({ cells, baselineRate, ownRate, ratio }) => [
      ...cells,
      `${thousands(baselineRate)}/s`,
      `${thousands(ownRate)}/s`,
      ratio.toFixed(3),
    ]),
  );
}
