/**
 * What somebody unknown can make an application keep, ask or wait for, with one build of the package or several side by side:
 *
 *   node bench/budgets/run.mjs [--only graphql] [directories of builds; default: dist]
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { endChild, nextMessage, startChild } from '../child-process.mjs';
import { markdownTable } from '../report/markdown-table.mjs';

const SCENARIOS = [
  ['budgets/graphql-parameters.mjs', 'Apollo'],
  ['budgets/graphql-parameters.mjs', 'Mercurius'],
  ['budgets/nested-messages.mjs', 'socket.io', 'true'],
  ['budgets/nested-messages.mjs', 'socket.io', 'false'],
  ['budgets/nested-messages.mjs', 'ws', 'true'],
  ['budgets/nested-messages.mjs', 'ws', 'false'],
  ['budgets/idle-connections.mjs'],
  ['budgets/api-key-questions.mjs'],
  ['budgets/junk-api-keys.mjs'],
];
const NODE_OPTIONS = [
  '--expose-gc',
  // Nest is the copy that the build finds.
  '--experimental-import-meta-resolve',
  '--disable-warning=ExperimentalWarning',
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string', default: '' } },
});
const builds = (positionals.length === 0 ? ['dist'] : positionals).map((path) => resolve(path));
for (const build of builds) {
  if (!existsSync(resolve(build, 'index.js'))) throw new Error(`${build} is no build`);
}

/** By what was measured: what came of it, for each build. */
const figures = new Map();
for (const [module, ...args] of SCENARIOS) {
  if (!module.includes(values.only)) continue;
  for (const build of builds) {
    for (const [what, figure] of Object.entries(await measure(module, args, build))) {
      if (!figures.has(what)) figures.set(what, {});
      figures.get(what)[build] = figure;
    }
  }
}
console.log(
  markdownTable(
    ['what', ...builds.map((build) => `>${build}`)],
    [...figures].map(([what, row]) => [
      what,
      ...builds.map((build) => row[build] ?? 'not measured'),
    ]),
  ),
);

/** The figures of a scenario. It says first what it is about to measure: a process that ends does not tell. */
async function measure(module, args, build) {
  console.error(`${Math.round(performance.now() / 1000)} s: ${module} ${args.join(' ')}, ${build}`);
  const child = startChild(process, module, { args: [build, ...args], nodeOptions: NODE_OPTIONS });
  const { about } = await nextMessage(child);
  try {
    return await nextMessage(child);
  } catch {
    return { [about]: 'the process ended' };
  } finally {
    await endChild(child);
  }
}
