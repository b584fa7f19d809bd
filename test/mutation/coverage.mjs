/*
 * Which suites and tests pass which mutants, and in which order they are tried.
 */
import { dirname, relative } from 'node:path';

/** What is known of a suite after its tests have run twice in the same process. */
export function summaryOf(file, { names, loadCoverage }, first, second) {
  const tests = names.map((name, place) => ({
    id: `${file} #${place} ${name}`,
    name,
    duration: first.durations[place],
    coverage: first.coverage[place],
  }));
  const isRepeatable = second.message === undefined;
  // What the second run did not pass was remembered from the first.
  const remembered = tests.flatMap(({ coverage }, place) =>
    Object.keys(coverage).filter((mutant) => !(mutant in second.coverage[place])),
  );
  return { file, tests, loadCoverage, isRepeatable, remembered: [...new Set(remembered)] };
}

/** Where a mutant is tried: first in the suites of its own folder, then in those that take the least time. */
export function suitesFor(mutant, sandboxFileName, summaries) {
  const folder = dirname(relative(process.cwd(), sandboxFileName));
  return summaries
    .flatMap((summary) => planFor(mutant, summary) ?? [])
    .toSorted((a, b) => distance(folder, a) - distance(folder, b) || a.time - b.time);
}

function planFor(mutant, { file, tests, loadCoverage, isRepeatable, keepsFile, remembered }) {
  const isStatic = mutant in loadCoverage;
  const passing = tests.flatMap(({ coverage }, place) => (mutant in coverage ? [place] : []));
  const places = isStatic ? [...tests.keys()] : passing;
  if (places.length === 0) return undefined;
  const needsNew = isStatic || !isRepeatable || remembered.includes(mutant);
  const time = places.reduce((sum, place) => sum + tests[place].duration, needsNew ? 2_000 : 0);
  return { file, places, ids: tests.map(({ id }) => id), isStatic, needsNew, keepsFile, time };
}

/** `lib/rules/` and `test/rules/` are about the same. */
function distance(folder, { file }) {
  const suiteFolder = dirname(file);
  if (suiteFolder === folder) return 0;
  return suiteFolder.startsWith(folder.split('/').slice(0, 2).join('/').replace('lib', 'test'))
    ? 1
    : 2;
}
