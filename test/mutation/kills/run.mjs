/*
 * `npm run test:kills`: which mutants of lib/ any suite notices, a tenth of them all, chosen by a fixed seed. To be run before and after a
 * change of many tests. Node.js loads the sources once for all suites of a process; a mutant that only runs while a source is loaded is
 * left out. `--share 0.1` is the share; `--write FILE` keeps the list, and goes on with one that was begun; `--since FILE` tries those that
 * FILE has as killed, and fails if one is not; `--only NAME` tries suites with this in their path.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { instrument, sampleOf } from './mutants.mjs';
import { Search } from './search.mjs';

process.env.COMPILED_SOURCES = 'nestjs-propelauth-mutants';
const { compileAll } = await import('../../runner/compile-sources.mjs');
const { Suites } = await import('../suites.mjs');

const { values } = parseArgs({
  options: {
    share: { type: 'string', default: '0.1' },
    write: { type: 'string' },
    since: { type: 'string' },
    only: { type: 'string', multiple: true },
  },
});
const read = (file) => JSON.parse(readFileSync(file, 'utf8'));

const { sources, mutants } = await instrument();
await compileAll(sources);
const before = values.since && read(values.since);
const chosen = before
  ? mutants.filter(({ key }) => key in before.killed)
  : sampleOf(mutants, Number(values.share));
const files = (await new Suites().find('test/runner/jest.kills.config.js')).filter(
  (file) => values.only === undefined || values.only.some((name) => file.includes(name)),
);
console.log(`${mutants.length} mutants, ${chosen.length} of them tried in ${files.length} suites`);

const begun = values.write && existsSync(values.write) ? read(values.write) : undefined;
const search = new Search({ mutants: chosen, files, begun, onProgress: keep });
if (before) await search.tryFormerKillers(before.killed);
await search.tryQuickTests();
await search.trySlowTests();

const { killed, survivors } = search.outcome;
console.log(`${Object.keys(killed).length} killed, ${survivors.length} not`);
if (before) {
  const lost = Object.keys(before.killed).filter((key) => !(key in killed));
  for (const key of lost) console.error(`No longer killed: ${key} (by ${before.killed[key]})`);
  if (lost.length > 0) process.exitCode = 1;
}

/** Kept after each suite, since it may be hours until the last. */
function keep(outcome) {
  if (values.write === undefined) return;
  writeFileSync(values.write, `${JSON.stringify(outcome, null, 1)}\n`);
}
