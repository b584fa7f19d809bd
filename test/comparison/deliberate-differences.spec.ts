import { stopClock } from '../support/fake-timers.js';
import { BothSides } from './both-sides.js';
import {
  MORE_LENIENT_HERE,
  namesOf,
  STRICTER_HERE,
  type DeliberateDifference,
} from './deliberate-differences.js';
import { NOW } from '../support/forge.js';

function examplesOf(differences: readonly DeliberateDifference[]) {
  return differences.flatMap(({ name, examples }) =>
    Object.entries(examples).map(([what, authorization]) => ({ name, what, authorization })),
  );
}

stopClock(NOW * 1000);
const sides = await BothSides.start();

describe('Deliberate differences', () => {
  describe('@propelauth/node accepts and this package rejects', () => {
    it.each(examplesOf(STRICTER_HERE))('$name: $what', async ({ name, authorization }) => {
      expect(await sides.askTheirs(authorization)).toMatchObject({ accepted: true });
      expect(await sides.askOurs(authorization)).toEqual({ accepted: false });
      // For this reason and no other: each entry of the list is needed.
      expect(namesOf(STRICTER_HERE, authorization)).toEqual([name]);
    });
  });

  describe('@propelauth/node rejects and this package accepts', () => {
    it.each(examplesOf(MORE_LENIENT_HERE))('$name: $what', async ({ name, authorization }) => {
      expect(await sides.askTheirs(authorization)).toEqual({ accepted: false });
      expect(await sides.askOurs(authorization)).toMatchObject({ accepted: true });
      expect(namesOf(MORE_LENIENT_HERE, authorization)).toEqual([name]);
    });
  });
});
