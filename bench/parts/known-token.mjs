import { comparisonTable, measureComparisons } from '../load/comparison.mjs';
import { LINES } from '../nodes.mjs';

/** The HTTP adapters of Nest, with their names. */
export const ADAPTERS = { express: 'Express', fastify: 'Fastify' };

const RULES = [
  { rule: 'user', label: '`@RequireUser()`' },
  { rule: 'role', label: "`@RequireOrgRole('Admin')`" },
];

const APPLICATIONS = Object.keys(ADAPTERS).flatMap((adapter) =>
  RULES.map(({ rule, label }) => ({
    id: `${adapter}/${rule}`,
    label,
    rule,
    server: { application: 'reports', adapter },
  })),
);

/** A token that the application has seen before, on all lines of Node.js. */
export const knownToken = {
  name: 'known-token',
  title: 'A known token over HTTP',
  lines: LINES,
  async measure({ nodes, ...context }) {
    const comparisons = [];
    const figures = {};
    for (const node of nodes) {
      for (const comparison of await measureComparisons(node, APPLICATIONS, context)) {
        const { id, label, adapter, ratio } = comparison;
        comparisons.push({ ...comparison, cells: [node.version, ADAPTERS[adapter], label] });
        figures[`known-token/${node.line}/${id}`] = ratio;
      }
    }
    return { tables: [comparisonTable(['Node.js', 'Nest on', 'rule'], comparisons)], figures };
  },
};
