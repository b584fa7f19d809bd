import { comparisonTable, measureComparisons } from '../load/comparison.mjs';

const HTTP = [
  {
    id: 'asynchronous-role',
    label: "`@RequireOrgRole('Admin', { org: async () => … })`",
    rule: 'asynchronous-role',
    server: { application: 'reports' },
  },
];

const GRAPHQL = Object.entries({
  list: 'GraphQL, 1,000 objects with a field under `@RequireUser()`',
  aliases: 'GraphQL, 50 aliases of a query under `@RequireUser()`',
}).map(([query, label]) => ({
  id: query,
  label,
  rule: 'user',
  server: { application: 'graphql', query },
}));

/** An organization from an asynchronous source, and GraphQL, where one request calls the guard many times. */
export const rules = {
  name: 'rules',
  title: 'Asynchronous organization sources and GraphQL',
  lines: ['20'],
  async measure({ nodes: [node], plan, ...context }) {
    const comparisons = [
      ...(await measureComparisons(node, HTTP, { ...context, plan: plan.http })),
      ...(await measureComparisons(node, GRAPHQL, { ...context, plan: plan.graphql })),
    ];
    return { tables: [comparisonTable(['application'], comparisons)] };
  },
};
