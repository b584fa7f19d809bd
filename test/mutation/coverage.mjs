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

/** Mutants whose numbers differ by less are in the same expression, or beside it. */
const NEIGHBOURS = 12;

/** Knows which suites to try a mutant in. */
export class CoverageIndex {
  #summaries;
  /** How many tests pass each mutant. */
  #counts = new Map();

  constructor(summaries) {
    this.#summaries = summaries;
    for (const { coverage } of summaries.flatMap(({ tests }) => tests)) {
      for (const mutant of Object.keys(coverage)) {
        this.#counts.set(mutant, (this.#counts.get(mutant) ?? 0) + 1);
      }
    }
  }

  /**
   * First in the unit spec of the file, and in those beside it. Then in those suites that pass code beside the mutant which few others do: a
   * branch that is not taken any more is noticed by who was in it.
   */
  suitesFor(mutant, sandboxFileName) {
    const source = relative(process.cwd(), sandboxFileName);
    return this.#summaries
      .flatMap((summary) => this.#planFor(mutant, summary) ?? [])
      .toSorted(
        (a, b) =>
          distance(source, a.file) - distance(source, b.file) ||
          b.specificity - a.specificity ||
          a.time - b.time,
      );
  }

  #planFor(mutant, { file, tests, loadCoverage, isRepeatable, keepsFile, remembered }) {
    const isStatic = mutant in loadCoverage;
    const passing = tests.flatMap(({ coverage }, place) => (mutant in coverage ? [place] : []));
    const places = isStatic ? [...tests.keys()] : passing;
    if (places.length === 0) return undefined;
    const needsNew = isStatic || !isRepeatable || remembered.includes(mutant);
    const time = places.reduce((sum, place) => sum + tests[place].duration, needsNew ? 2_000 : 0);
    const specificity = Math.max(
      ...places.map((place) => this.#specificityOf(mutant, tests[place])),
    );
    const ids = tests.map(({ id }) => id);
    return { file, places, ids, isStatic, needsNew, keepsFile, time, specificity };
  }

  #specificityOf(mutant, { coverage }) {
    let specificity = 0;
    for (
      let number = Number(mutant) - NEIGHBOURS;
      number <= Number(mutant) + NEIGHBOURS;
      number++
    ) {
      if (number in coverage) specificity += 1 / this.#counts.get(String(number));
    }
    return specificity;
  }
}

function distance(source, suite) {
  if (suite === source.replace('.ts', '.spec.ts')) return 0;
  return dirname(suite) === dirname(source) ? 1 : 2;
}
