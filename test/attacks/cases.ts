import type { Parameters } from 'fast-check';
import { reproducible } from '../support/reproducible.js';

/** How many random cases each property is tried with. */
export const CASES = {
  'the Authorization headers of a request': 5_000,
  'the text of an Authorization header': 5_000,
  'mutated tokens': 10_000,
  'signed claims of any shape': 5_000,
  'where an organization is named': 10_000,
  'rules of access': 5_000,
  'requests to every kind of route': 4_000,
} as const;

/** RANDOM_RUNS of the nightly run. */
export const NIGHTLY_FACTOR = 25;

/** How a property is tried, and how often. */
export function casesOf<T>(property: keyof typeof CASES): Parameters<T> & { numRuns: number } {
  const { numRuns = CASES[property], ...others } = reproducible<T>(CASES[property]);
  return { ...others, numRuns };
}
