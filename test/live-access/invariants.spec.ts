import { jest } from '@jest/globals';
import * as fc from 'fast-check';
import type { LiveAccessLimits } from '../../lib/live-access/limits.js';
import { PATIENCE, reproducible } from '../support/reproducible.js';
import { FAULTY_VARIANTS, TIGHT } from './faulty-variants.js';
import { violationsOf } from './reference-model.js';
import { courses } from './courses.arbitrary.js';
import { run } from './simulation.js';

jest.setTimeout(PATIENCE);

const RUNS = 1_000;

function invariants(limits: Partial<LiveAccessLimits>, isRoomy: boolean) {
  return fc.asyncProperty(courses, async (course) => {
    expect(violationsOf(await run(course, limits), { isRoomy })).toEqual([]);
  });
}

describe('Live access', () => {
  it('keeps its invariants, whatever happens in whatever order', async () => {
    await expect(fc.assert(invariants({}, true), reproducible(RUNS))).resolves.toBeUndefined();
  });

  it('keeps them when marks are evicted', async () => {
    await expect(fc.assert(invariants(TIGHT, false), reproducible(RUNS))).resolves.toBeUndefined();
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
