import type { UserClass } from '@propelauth/node-apis';
import { LIMITS } from './limits.js';
import { Marks } from './marks.js';

const LIMITS_HERE = { ...LIMITS, toleranceSeconds: 10 };

/** A token of somebody about whom there was no event. */
function tokenIssuedAt(issuedAt: number) {
  return { user: { userId: 'alice' } as UserClass, issuedAt, expiresAt: issuedAt + 1_800 };
}

describe('Marks', () => {
  let wall: number;
  let marks: Marks;

  beforeEach(() => {
    wall = 10_000;
    marks = new Marks({ wallSeconds: () => wall, monotonicSeconds: () => 0 }, LIMITS_HERE);
  });

  it('keep every token in doubt that was in doubt, although the clock was set back', () => {
    wall = 5_000;
    marks.raiseSoftFloor(wall);
    expect(marks.mayConcern(tokenIssuedAt(10_000))).toBe(true);
  });

  it('go by the time of an event that names nobody, should the clock be slow', () => {
    marks.raiseSoftFloor(10_200);
    expect(marks.doubtAbout(tokenIssuedAt(10_200)).kind).toBe('soft');
    expect(marks.doubtAbout(tokenIssuedAt(10_213)).kind).toBe('none');
  });
});
