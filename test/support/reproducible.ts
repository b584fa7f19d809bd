import type { Parameters } from 'fast-check';

/** The seed that finds the same cases in every run. */
const SEED = 20_260_101;

const { RANDOM_SEED: seed = SEED, RANDOM_RUNS: factor = 1 } = process.env;

/**
 * How suites with random cases run: the same cases every time, unless RANDOM_SEED says otherwise. RANDOM_RUNS=10 runs ten
 * times as many. A failure prints the seed and the smallest case that fails.
 */
export function reproducible<T>(runs: number): Parameters<T> {
  return { seed: Number(seed), numRuns: runs * Number(factor) };
}

/** How long a suite may take, in milliseconds: far more than it does. */
export const PATIENCE = 60_000 * Number(factor);
