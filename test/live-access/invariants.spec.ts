import { jest } from '@jest/globals';
import fc from 'fast-check';
import type { LiveAccessLimits } from '../../lib/live-access/limits.js';
import { PATIENCE, reproducible } from '../support/reproducible.js';
import { FAULTY_VARIANTS, TIGHT } from './faulty-variants.js';
import { violationsOf } from './reference-model.js';
import { courses, run } from './simulation.js';

jest.setTimeout(PATIENCE);

const RUNS = 1_000;

function invariants(limits: Partial<LiveAccessLimits>, isRoomy: boolean) {
  return fc.asyncProperty(courses, async (course) => {
    expect(violationsOf(await run(course, limits), { isRoomy })).toEqual([]);
  });
}

describe('Live access', () => {
  it('keeps its invariants, whatever happens in whatever order', async () => {
    await fc.assert(invariants({}, true), reproducible(RUNS));
  });

  it('keeps them when marks are evicted', async () => {
    await fc.assert(invariants(TIGHT, false), reproducible(RUNS));
  });
});

describe('The invariants catch live access', () => {
  it.each(FAULTY_VARIANTS)('%s', async (_what, { limits = {}, mutate, violation }) => {
    mutate?.();
    const { failed, errorInstance } = await fc.check(invariants(limits, false), {
      ...reproducible(RUNS),
      endOnFailure: true,
    });
    expect(failed).toBe(true);
    expect(String(errorInstance)).toMatch(violation);
  });
});
