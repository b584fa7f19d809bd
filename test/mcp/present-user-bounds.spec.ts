import type { UserClass } from '@propelauth/node-apis';
import * as fc from 'fast-check';
import { accessChangeOf } from '../../lib/live-access/access-change.js';
import { LIMITS, type LiveAccessLimits } from '../../lib/live-access/limits.js';
import { LiveAccess } from '../../lib/live-access/live-access.js';
import { PresentUsers } from '../../lib/propelauth/users/present-users.js';
import { UNREPORTED_SECONDS, UserQuestions } from '../../lib/propelauth/users/user-questions.js';
import { accessSubject, UNDATED } from '../../lib/plugins/current-access.js';
import { Rejection } from '../../lib/rejections/rejection.js';
import { settled, SimulatedTime } from '../live-access/simulated-time.js';
import {
  EPOCH,
  makeChange,
  ORGS,
  SimulatedPropelAuth,
  USERS,
  type Change,
  type Person,
  type ReadFate,
} from '../live-access/simulated-propelauth.js';
import { MAXIMUM_LAG, TOLERANCE } from '../live-access/simulation.js';
import { PATIENCE, reproducible } from '../support/thorough.js';

jest.setTimeout(PATIENCE);

const RUNS = 300;

const [userId = '', orgId = ''] = [USERS[0], ORGS[0]];

type Step =
  | { readonly type: 'wait'; readonly seconds: number }
  | { readonly type: 'call' }
  /** Without a delay, the event is lost. */
  | { readonly type: 'change'; readonly kind: Change['kind']; readonly delay: number | undefined };

interface Course {
  readonly fates: readonly ReadFate[];
  readonly steps: readonly Step[];
}

interface Call {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly outcome: UserClass | Rejection;
}

/** Lets a course of events happen to an application with live access, or without. */
async function run({ fates, steps }: Course, isLive: boolean, changed: Partial<LiveAccessLimits>) {
  const time = new SimulatedTime();
  const propelAuth = new SimulatedPropelAuth(time, 0, fates);
  const clock = { wallSeconds: () => EPOCH + time.now, monotonicSeconds: () => time.now };
  const limits = { ...LIMITS, toleranceSeconds: TOLERANCE, ...changed };
  const questions = new UserQuestions(propelAuth, clock);
  const liveAccess = isLive ? new LiveAccess(questions, limits, clock) : undefined;
  const users = new PresentUsers(questions, { access: liveAccess });
  const subject = accessSubject(userId, [orgId], UNDATED);
  const calls: Call[] = [];
  const receipts: { receivedAt: number; changedAt: number }[] = [];
  const call = () => {
    const startedAt = time.now;
    const note = (outcome: UserClass | Rejection | undefined) =>
      void calls.push({ startedAt, endedAt: time.now, outcome: outcome! });
    void users.userOf(subject, true).then(note, note);
  };
  await time.pass(600);
  for (const step of steps) {
    // No two things happen at the same time.
    await time.pass(0.001);
    if (step.type === 'wait') await time.pass(step.seconds);
    if (step.type === 'call') call();
    await settled();
    if (step.type !== 'change') continue;
    const event = makeChange(propelAuth, time, { userId, orgId, kind: step.kind });
    const changedAt = time.now;
    // That a user is added to an organization does not count as a change of access.
    if (event === undefined || accessChangeOf(event) === undefined) continue;
    if (step.delay === undefined) continue;
    time.after(step.delay, () => {
      receipts.push({ receivedAt: time.now, changedAt });
      liveAccess?.apply(`event-${receipts.length}`, event, Math.floor(EPOCH + time.now));
    });
  }
  await time.pass(600);
  return { propelAuth, calls, receipts };
}

/** Whether this person had all access that a user is let in with. */
function hasAccessOf(user: UserClass, { isEnabled, roles }: Person): boolean {
  const role = user.getOrg(orgId)?.assignedRole;
  return isEnabled && (role === undefined || role === roles[orgId]);
}

/** Calls whose access is older than it may be. */
async function violations(
  course: Course,
  isLive: boolean,
  limits: Partial<LiveAccessLimits>,
): Promise<Call[]> {
  const { propelAuth, calls, receipts } = await run(course, isLive, limits);
  const bound = isLive ? LIMITS.lifeSeconds : UNREPORTED_SECONDS;
  return calls.filter(({ startedAt, endedAt, outcome }) => {
    if (outcome instanceof Rejection) return false;
    const known = receipts.filter(({ receivedAt }) => isLive && receivedAt <= startedAt - 3);
    const oldest = Math.max(
      startedAt - bound - MAXIMUM_LAG,
      ...known.map(({ changedAt }) => changedAt),
    );
    return !propelAuth
      .peopleBetween(userId, oldest, endedAt)
      .some((person) => hasAccessOf(outcome, person));
  });
}

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('wait' as const),
      seconds: fc.constantFrom(0.2, 0.6, 1.1, 2.1, 3.1, 29, 31, 75, 290, 3_500),
    }),
  },
  { weight: 5, arbitrary: fc.constant({ type: 'call' as const }) },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('change' as const),
      kind: fc.constantFrom<Change['kind'][]>(
        'disable',
        'enable',
        'remove',
        'add',
        'demote',
        'promote',
      ),
      delay: fc.constantFrom(undefined, 0, 0.2, 1, 5, 400),
    }),
  },
);
const courses: fc.Arbitrary<Course> = fc.record({
  fates: fc.array(
    fc.record({
      lag: fc.constantFrom(0, 0.5, 1, MAXIMUM_LAG),
      latency: fc.constantFrom(0, 0.1, 0.5, 1.5),
      fails: fc.integer({ min: 0, max: 9 }).map((number) => number === 0),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  steps: fc.array(step, { minLength: 4, maxLength: 40 }),
});

function promise(isLive: boolean, limits: Partial<LiveAccessLimits> = {}) {
  return fc.asyncProperty(courses, async (course) => {
    expect(await violations(course, isLive, limits)).toEqual([]);
  });
}

describe('In any sequence of events, the user of an MCP token has no access', () => {
  it('that was lost 30 seconds before, without liveAccess', async () => {
    await expect(fc.assert(promise(false), reproducible(RUNS))).resolves.toBeUndefined();
  });

  it('that was lost an hour before, or three seconds before its event came, with liveAccess', async () => {
    await expect(fc.assert(promise(true), reproducible(RUNS))).resolves.toBeUndefined();
  });
});

describe('These bounds are violated', () => {
  it.each<[string, Partial<LiveAccessLimits>]>([
    ['with responses that are used for longer, with liveAccess', { lifeSeconds: 7_200 }],
    ['without settling', { settleSeconds: 0 }],
  ])('%s', async (_what, limits) => {
    const { failed } = await fc.check(promise(true, limits), {
      // It ends with the first violation.
      ...reproducible(RUNS, RUNS),
      endOnFailure: true,
    });
    expect(failed).toBe(true);
  });
});
