import * as fc from 'fast-check';
import { stopClock } from '../support/fake-timers.js';
import { BothSides, type Verdict } from './both-sides.js';
import { MORE_LENIENT_HERE, namesOf, STRICTER_HERE } from './deliberate-differences.js';
import { NOW } from '../support/forge.js';
import { CATEGORIES, tokenCase, type TokenCase } from './mutations.arbitrary.js';
import { PATIENCE, reproducible } from '../support/thorough.js';
import { outcomeOf, Tally, type Outcome } from './tally.js';
import { viewOf, withNullRead } from './user-view.js';

stopClock(NOW * 1000);
const sides = await BothSides.start();

describe('Tokens in this package and in @propelauth/node', () => {
  it(
    'have the same result and user, except for the listed differences',
    async () => {
      const byCategory = new Tally();
      const byDifference = new Tally();

      await fc.assert(
        fc.asyncProperty(tokenCase, async ({ category, authorization }) => {
          const theirs = await sides.askTheirs(authorization);
          const ours = await sides.askOurs(authorization);
          const outcome = outcomeOf(theirs.accepted, ours.accepted);
          const stricter = namesOf(STRICTER_HERE, authorization);
          const moreLenient = namesOf(MORE_LENIENT_HERE, authorization);
          byCategory.add(category, outcome);
          for (const name of [...stricter, ...moreLenient]) byDifference.add(name, outcome);

          expect(permittedOutcomes(stricter, moreLenient)).toContain(outcome);
          expectSameUser(theirs, ours);
          // That the token is known by now changes nothing.
          expect(await sides.askOurs(authorization)).toEqual(ours);
        }),
        reproducible<[TokenCase]>(3_000),
      );

      byCategory.print('Tokens, by what was done to them');
      byDifference.print('Tokens, by listed difference');
      // The generators still find what they are there for.
      for (const category of CATEGORIES) {
        expect(byCategory.total(category)).toBeGreaterThan(byCategory.total() / 100);
        expect([category, byCategory.count(category, 'both accept') > 0]).toEqual([category, true]);
        const refused = byCategory.total(category) - byCategory.count(category, 'both accept');
        expect([category, refused > 0]).toEqual([category, category !== 'valid']);
      }
      for (const { name } of STRICTER_HERE) {
        expect([name, byDifference.count(name, 'only they accept') > 0]).toEqual([name, true]);
      }
      for (const { name } of MORE_LENIENT_HERE) {
        expect([name, byDifference.count(name, 'only we accept') > 0]).toEqual([name, true]);
      }
    },
    PATIENCE,
  );
});

function permittedOutcomes(stricter: string[], moreLenient: string[]): Outcome[] {
  if (stricter.length > 0) return ['both refuse', 'only they accept'];
  if (moreLenient.length > 0) return ['both refuse', 'only we accept'];
  return ['both refuse', 'both accept'];
}

function expectSameUser(theirs: Verdict, ours: Verdict): void {
  if (!theirs.accepted || !ours.accepted) return;
  const reference = withNullRead(theirs.user);
  expect(viewOf(ours.user, reference)).toEqual(viewOf(reference));
}
