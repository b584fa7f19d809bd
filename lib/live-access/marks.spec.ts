import { accessSubject } from '../plugins/current-access.js';
import { denialOfOrg, deniesOrg, EVERYTHING, NOTHING } from './denials.js';
import { LIMITS } from './limits.js';
import { Marks } from './marks.js';

const LIMITS_HERE = { ...LIMITS, toleranceSeconds: 10 };

function tokenIssuedAt(issuedAt: number, userId = 'alice', orgIds: string[] = []) {
  return accessSubject(userId, orgIds, { issuedAt, expiresAt: issuedAt + 1_800 });
}

describe('Marks of changed access', () => {
  let wall: number;
  let monotonic: number;
  let marks: Marks;

  beforeEach(() => {
    wall = 10_000;
    monotonic = 0;
    marks = new Marks({ wallSeconds: () => wall, monotonicSeconds: () => monotonic }, LIMITS_HERE);
  });

  it('keep every token in doubt that was in doubt, even if the clock was set back', () => {
    marks.noteMissed(10_000);
    wall = 5_000;
    marks.noteMissed(wall);
    expect(marks.mayConcern(tokenIssuedAt(10_000))).toBe(true);
  });

  it('compare requests of this process by its monotonic clock, because the system clock may be set back', () => {
    const asked = { askedAt: 10_100, askedHereAt: 5 };
    monotonic = 10;
    marks.markUser('alice', NOTHING, 10_000);
    expect(marks.isOutdated({ ...asked, askedHereAt: undefined }, { userId: 'alice' })).toBe(false);
    expect(marks.isOutdated(asked, { userId: 'alice' })).toBe(true);
    expect(marks.isOutdated(asked, { userId: 'bob' })).toBe(false);
    expect(marks.isOutdated({ ...asked, askedHereAt: 12 }, { userId: 'alice' })).toBe(false);
  });

  it.each<[of: string, mark: (id: string) => void]>([
    ['users', (id) => marks.markUser(id, NOTHING, wall)],
    ['organizations', (id) => marks.markOrg(id, wall)],
  ])(
    'are kept for 100,000 %s; beyond that, every token older than the first event is in doubt',
    (_of, mark) => {
      monotonic = 100;
      wall = 12_000;
      const [older, newer] = [tokenIssuedAt(12_012), tokenIssuedAt(12_013)];
      mark('the first');
      wall = 12_001;
      for (let number = 1; number < 100_000; number++) mark(`number ${number}`);
      expect(marks.mayConcern(older)).toBe(false);
      mark('one more');
      expect(marks.doubtAbout(older).kind).toBe('known');
      expect(marks.mayConcern(newer)).toBe(false);
    },
  );

  describe('match ids in any case', () => {
    const ID = 'aaaa4444-8a2d-4c41-8b4b-ae43ce79a492';
    const SPELLINGS: [of: string, marked: string, called: string][] = [
      ['an event', ID.toUpperCase(), ID],
      ['a token', ID, ID.toUpperCase()],
    ];

    beforeEach(() => {
      monotonic = 100;
      wall = 12_000;
    });

    it.each(SPELLINGS)('of %s: a user', (_of, marked, called) => {
      marks.markUser(marked, EVERYTHING, wall);
      const token = tokenIssuedAt(wall, called);
      expect(marks.mayConcern(token)).toBe(true);
      expect(marks.doubtAbout(token)).toMatchObject({ kind: 'known', denied: EVERYTHING });
      expect(marks.isOutdated({ askedAt: wall, askedHereAt: 99 }, { userId: called })).toBe(true);
    });

    it.each(SPELLINGS)('of %s: an organization', (_of, marked, called) => {
      marks.markOrg(marked, wall);
      const token = tokenIssuedAt(wall, 'alice', [called]);
      expect(marks.mayConcern(token)).toBe(true);
      expect([...marks.doubtAbout(token).deletedOrgs]).toEqual([called]);
      expect(marks.isOutdated({ askedAt: wall, askedHereAt: 99 }, { orgId: called })).toBe(true);
    });

    it.each(SPELLINGS)('of %s: an organization that the user has left', (_of, marked, called) => {
      expect(deniesOrg(denialOfOrg(marked), called)).toBe(true);
    });
  });

  it('use the time of an event without a user, even if the clock is slow', () => {
    marks.noteMissed(10_200);
    expect(marks.doubtAbout(tokenIssuedAt(10_200)).kind).toBe('possible');
    expect(marks.doubtAbout(tokenIssuedAt(10_213)).kind).toBe('none');
  });
});
