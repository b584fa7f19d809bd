import { stopClock } from '../support/fake-timers.js';
import { BothSides } from './both-sides.js';
import { forge, ISSUER, NOW, type JsonObject } from '../support/forge.js';

const sides = await BothSides.start({ clockToleranceSeconds: undefined });

/** The one respect in which PropelAuth's SDK for Node.js is stricter: it allows no difference between clocks. */
describe('Leeway', () => {
  beforeEach(() => stopClock(NOW * 1000));

  it.each<{ what: string; times: JsonObject; theirs: boolean; ours: boolean }>([
    { what: 'expires in a second', times: { exp: NOW + 1 }, theirs: true, ours: true },
    { what: 'expires now', times: { exp: NOW }, theirs: false, ours: true },
    { what: 'expired 59 s ago', times: { exp: NOW - 59 }, theirs: false, ours: true },
    { what: 'expired 60 s ago', times: { exp: NOW - 60 }, theirs: false, ours: false },
    { what: 'is valid from now', times: { nbf: NOW }, theirs: true, ours: true },
    { what: 'is valid in 60 s', times: { nbf: NOW + 60 }, theirs: false, ours: true },
    { what: 'is valid in 61 s', times: { nbf: NOW + 61 }, theirs: false, ours: false },
    { what: 'is issued in 60 s', times: { iat: NOW + 60 }, theirs: true, ours: true },
    { what: 'is issued in 61 s', times: { iat: NOW + 61 }, theirs: true, ours: false },
  ])(
    'a token that $what is accepted by theirs: $theirs, by ours: $ours',
    async ({ times, theirs, ours }) => {
      const claims = { iss: ISSUER, iat: NOW - 60, exp: NOW + 60, user_id: 'user-alice', ...times };
      const authorization = `Bearer ${forge(claims)}`;
      expect((await sides.askTheirs(authorization)).accepted).toBe(theirs);
      expect((await sides.askOurs(authorization)).accepted).toBe(ours);
    },
  );
});
