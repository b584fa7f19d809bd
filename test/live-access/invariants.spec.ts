import * as fc from 'fast-check';
import type { LiveAccessLimits } from '../../lib/live-access/limits.js';
import { narrowUser } from '../../lib/propelauth/users/narrowed-user.js';
import { PATIENCE, reproducible } from '../support/thorough.js';
import { FAULTY_VARIANTS, TIGHT } from './faulty-variants.js';
import { violationsOf } from './reference-model.js';
import { courses } from './courses.arbitrary.js';
import { simulateTimeouts } from './simulated-time.js';
import { run } from './simulation.js';

jest.setTimeout(PATIENCE);
simulateTimeouts();

const RUNS = 1_000;

/** @param kind the violations to look for */
function invariants(
  limits: Partial<LiveAccessLimits>,
  isRoomy: boolean,
  kind = /^/,
  narrow = narrowUser,
) {
  return fc.asyncProperty(courses, async (course) => {
    const violations = violationsOf(await run(course, limits, narrow), { isRoomy });
    expect(violations.filter((violation) => kind.test(violation))).toEqual([]);
  });
}

describe('Live access', () => {
  it('keeps its invariants for any events in any order', async () => {
    await expect(fc.assert(invariants({}, true), reproducible(RUNS))).resolves.toBeUndefined();
  });

  it('keeps them if marks are evicted', async () => {
    await expect(fc.assert(invariants(TIGHT, false), reproducible(RUNS))).resolves.toBeUndefined();
  });
});

describe('The invariants detect faulty live access', () => {
  it.each(FAULTY_VARIANTS)('%s', async (_what, { limits = {}, mutate, narrow, violation }) => {
    mutate?.();
    const { failed } = await fc.check(invariants(limits, false, violation, narrow), {
      // It ends with the first violation.
      ...reproducible(RUNS, RUNS),
      endOnFailure: true,
    });
    expect(failed).toBe(true);
  });
});
