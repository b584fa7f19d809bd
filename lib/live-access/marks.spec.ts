import type { UserClass } from '@propelauth/node-apis';
import { NOTHING } from './denials.js';
import { LIMITS } from './limits.js';
import { Marks } from './marks.js';

const LIMITS_HERE = { ...LIMITS, toleranceSeconds: 10 };

/** A token of somebody about whom there was no event. */
function tokenIssuedAt(issuedAt: number) {
  return { user: { userId: 'alice' } as UserClass, issuedAt, expiresAt: issuedAt + 1_800 };
}

describe('Marks', () => {
  let wall: number;
  let monotonic: number;
  let marks: Marks;

  beforeEach(() => {
    wall = 10_000;
    monotonic = 0;
    marks = new Marks({ wallSeconds: () => wall, monotonicSeconds: () => monotonic }, LIMITS_HERE);
  });

  it('keep every token in doubt that was in doubt, although the clock was set back', () => {
    wall = 5_000;
    marks.raiseSoftFloor(wall);
    expect(marks.mayConcern(tokenIssuedAt(10_000))).toBe(true);
  });

  it('go by the clock of this process alone for what it asked itself, since the other may be set back', () => {
    const asked = { askedAt: 10_100, askedHereAt: 5 };
    monotonic = 10;
    marks.markUser('alice', NOTHING, 10_000);
    expect(marks.isOutdated({ ...asked, askedHereAt: undefined }, 'alice', undefined)).toBe(false);
    expect(marks.isOutdated(asked, 'alice', undefined)).toBe(true);
    expect(marks.isOutdated(asked, 'bob', undefined)).toBe(false);
    expect(marks.isOutdated({ ...asked, askedHereAt: 12 }, 'alice', undefined)).toBe(false);
  });

  it('go by the time of an event that names nobody, should the clock be slow', () => {
    marks.raiseSoftFloor(10_200);
    expect(marks.doubtAbout(tokenIssuedAt(10_200)).kind).toBe('soft');
    expect(marks.doubtAbout(tokenIssuedAt(10_213)).kind).toBe('none');
  });
});
