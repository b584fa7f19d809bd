import type { Parameters } from 'fast-check';

/** The seed that finds the same cases in every run. */
const SEED = 20_260_101;

const { COMPARISON_SEED: seed = SEED, COMPARISON_RUNS: factor = 1 } = process.env;

/**
 * How the comparisons run: the same cases every time, unless COMPARISON_SEED says otherwise. COMPARISON_RUNS=10 runs ten
 * times as many. A failure prints the seed and the smallest case that fails.
 */
export function reproducible<T>(runs: number): Parameters<T> {
  return { seed: Number(seed), numRuns: runs * Number(factor) };
}

/** How long a comparison may take, in milliseconds: far more than it does. */
export const PATIENCE = 60_000 * Number(factor);
