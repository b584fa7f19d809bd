import type { Parameters } from 'fast-check';

/**
 * Two sizes of the same tests: `npm run test:thorough` tries every case of properties, attacks, floods and planted faults, `npm test` a
 * sample of them.
 */
const IS_THOROUGH = process.env['THOROUGH'] === 'true';

/** One case of so many belongs to the sample. */
const CASES_PER_SAMPLE = 10;

/** The seed that finds the same cases in every run. */
const SEED = 20_260_101;

const { RANDOM_SEED: seed = SEED } = process.env;

/** How many of something a test tries: `full` in the thorough run, a tenth of that or `sample` in `npm test`. */
export function sized(full: number, sample = Math.ceil(full / CASES_PER_SAMPLE)): number {
  return IS_THOROUGH ? full : sample;
}

/** The cases of a table: all in the thorough run, every tenth in `npm test`. */
export function sampleOf<Case>(cases: readonly Case[]): readonly Case[] {
  return cases.filter((_, index) => IS_THOROUGH || index % CASES_PER_SAMPLE === 0);
}

/**
 * How suites with random cases run: the same cases every time, unless RANDOM_SEED says otherwise. A failure prints the seed and the
 * smallest case that fails.
 */
export function reproducible<T>(
  full: number,
  sample?: number,
): Parameters<T> & { numRuns: number } {
  return { seed: Number(seed), numRuns: sized(full, sample) };
}

/** How long such a suite may take, in milliseconds: far more than it does. */
export const PATIENCE = sized(1_800_000, 60_000);
