import type { Parameters } from 'fast-check';
import { reproducible } from '../support/thorough.js';

/** How many random cases each property is tried with in the thorough run. */
export const CASES = {
  'the Authorization headers of a request': 5_000,
  'the text of an Authorization header': 5_000,
  'mutated tokens': 10_000,
  'signed claims of any shape': 5_000,
  'where an organization is named': 10_000,
  'rules of access': 5_000,
  'requests to every kind of route': 100_000,
} as const;

/** How a property is tried, and how often. */
export function casesOf<T>(property: keyof typeof CASES): Parameters<T> & { numRuns: number } {
  return reproducible<T>(CASES[property], Math.min(1_000, CASES[property] / 10));
}
