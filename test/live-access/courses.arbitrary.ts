import * as fc from 'fast-check';
import { MAXIMUM_LAG, type Course, type Step } from './simulation.js';
import { ORGS, TOKEN_SECONDS, USERS, type Change } from './simulated-propelauth.js';

const skew = fc.integer({ min: -20, max: 20 });
const lag = fc.constantFrom(0, 0.5, 1, MAXIMUM_LAG);
const fate = fc.record({
  lag,
  latency: fc.constantFrom(0, 0.1, 0.5, 1.5, 4),
  fails: fc.integer({ min: 0, max: 9 }).map((number) => number === 0),
});
const delay = fc.constantFrom(0, 0, 0, 0, 0.2, 0.2, 1, 1, 5, 5, 400, 5_000);
const kind = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom<Change['kind'][]>('delete', 'delete-org') },
  {
    weight: 9,
    arbitrary: fc.constantFrom<Change['kind'][]>(
      'disable',
      'enable',
      'remove',
      'add',
      'demote',
      'promote',
    ),
  },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constant('wait' as const),
      seconds: fc.oneof(
        { weight: 12, arbitrary: fc.constantFrom(0.2, 0.6, 1.1, 2.1, 3.1, 35, 75, 600) },
        { weight: 1, arbitrary: fc.constant(3_700) },
      ),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('change' as const),
      change: fc.record({
        userId: fc.constantFrom(...USERS),
        orgId: fc.constantFrom(...ORGS),
        kind,
      }),
      deliveries: fc.array(delay, { minLength: 1, maxLength: 2 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('issue' as const),
      token: fc.record({
        userId: fc.constantFrom(...USERS),
        lag,
        activeOrg: fc.constantFrom(undefined, undefined, ...ORGS),
        livesFor: fc.constantFrom(TOKEN_SECONDS, TOKEN_SECONDS, TOKEN_SECONDS, 7_200),
      }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.oneof(
      fc.record({ type: fc.constant('set-clock' as const), skew }),
      fc.record({ type: fc.constant('restart' as const) }),
    ),
  },
  {
    weight: 12,
    arbitrary: fc.record({ type: fc.constant('call' as const), token: fc.nat({ max: 5 }) }),
  },
);

/** Courses of events, in which everything happens that can. */
export const courses: fc.Arbitrary<Course> = fc.record({
  skews: fc.tuple(skew, skew, skew),
  fates: fc.array(fate, { minLength: 1, maxLength: 12 }),
  steps: fc.array(step, { minLength: 10, maxLength: 40, size: 'max' }),
});
