import type { UserClass } from '@propelauth/node-apis';
import { LIMITS, type LiveAccessLimits } from '../../lib/live-access/limits.js';
import { LiveAccess } from '../../lib/live-access/live-access.js';
import { UserQuestions } from '../../lib/propelauth/users/user-questions.js';
import { AS_ISSUED, type AccessEvent } from '../../lib/plugins/current-access.js';
import { narrowUser } from '../../lib/propelauth/users/narrowed-user.js';
import { Rejection } from '../../lib/rejections/rejection.js';
import { settled, startTime } from './simulated-time.js';
import {
  EPOCH,
  makeChange,
  SimulatedPropelAuth,
  USERS,
  type Change,
  TOKEN_SECONDS,
  type ReadFate,
  type SimulatedToken,
  type TokenKind,
} from './simulated-propelauth.js';

/** How late a read may be, in seconds. */
export const MAXIMUM_LAG = 1.5;

/** How far clocks may differ, in seconds. */
export const TOLERANCE = 60;

/** What happens one after the other. */
export type Step =
  | { readonly type: 'wait'; readonly seconds: number }
  | { readonly type: 'change'; readonly change: Change; readonly deliveries: readonly number[] }
  | { readonly type: 'issue'; readonly token: TokenKind }
  | { readonly type: 'call'; readonly token: number }
  /** Our clock is set. */
  | { readonly type: 'set-clock'; readonly skew: number }
  | { readonly type: 'restart' };

/** A course of events. Skews say how fast the clocks are that issue tokens, send events and decide. */
export interface Course {
  readonly skews: readonly [tokens: number, events: number, ours: number];
  readonly fates: readonly ReadFate[];
  readonly steps: readonly Step[];
}

/** An event that has arrived. */
export interface Receipt {
  readonly receivedAt: number;
  readonly changedAt: number;
  readonly event: AccessEvent;
}

/** A call that was decided about. */
export interface Decision {
  readonly token: SimulatedToken;
  readonly startedAt: number;
  readonly endedAt: number;
  /** Whether nobody had to wait. */
  readonly isAtOnce: boolean;
  readonly outcome: UserClass | Rejection;
}

/** Everything that happened in a course. */
export interface History {
  readonly propelAuth: SimulatedPropelAuth;
  /** Changes that send an event, delivered or not. */
  readonly changes: readonly { changedAt: number; event: AccessEvent }[];
  readonly receipts: readonly Receipt[];
  /** When the instance started again, and forgot everything. */
  readonly restarts: readonly number[];
  readonly decisions: readonly Decision[];
}

/** Lets a course of events happen to `LiveAccess`. */
export async function run(
  { skews: [tokenSkew, eventSkew, skewAtStart], fates, steps }: Course,
  limits: Partial<LiveAccessLimits> = {},
  narrow = narrowUser,
): Promise<History> {
  const time = startTime();
  const propelAuth = new SimulatedPropelAuth(time, tokenSkew, fates);
  const restarts: number[] = [];
  let ourSkew = skewAtStart;
  const start = () => {
    const { length } = restarts;
    // An instance that was ended asks nothing.
    const ask = <Answer>(question: () => Promise<Answer>) =>
      restarts.length === length ? question() : new Promise<never>(() => {});
    const allLimits = { ...LIMITS, toleranceSeconds: TOLERANCE, ...limits };
    const clock = {
      wallSeconds: () => EPOCH + time.now + ourSkew,
      monotonicSeconds: () => time.now,
    };
    const backend = {
      fetchUserState: (userId: string) => ask(() => propelAuth.fetchUserState(userId)),
      fetchUserStates: (ids: readonly string[]) => ask(() => propelAuth.fetchUserStates(ids)),
    };
    return new LiveAccess(new UserQuestions(backend, clock), allLimits, clock);
  };
  let liveAccess = start();
  const changes: { changedAt: number; event: AccessEvent }[] = [];
  const receipts: Receipt[] = [];
  const decisions: Decision[] = [];
  const tokens: SimulatedToken[] = [];

  /** By the events that the instance knows. */
  const ids = new Map<AccessEvent, string>();

  const deliver = (event: AccessEvent, changedAt: number) => {
    const id = ids.get(event) ?? `event-${receipts.length}`;
    liveAccess.apply(id, event, Math.floor(EPOCH + time.now + eventSkew));
    // One that is sent again has nothing new.
    if (!ids.has(event)) receipts.push({ receivedAt: time.now, changedAt, event });
    ids.set(event, id);
  };
  const call = (token: SimulatedToken) => {
    const startedAt = time.now;
    const instance = liveAccess;
    const note = (outcome: unknown, isAtOnce: boolean) => {
      // A restart ends the calls that are under way.
      if (instance !== liveAccess) return;
      if (outcome instanceof Error && !(outcome instanceof Rejection)) throw outcome;
      decisions.push({
        token,
        startedAt,
        endedAt: time.now,
        isAtOnce,
        outcome: outcome as UserClass | Rejection,
      });
    };
    try {
      const present = liveAccess.mayConcern(token) ? liveAccess.present(token) : AS_ISSUED;
      if (present instanceof Promise) {
        void present.then(
          (state) => note(narrow(token.user, state), false),
          (error: unknown) => note(error, false),
        );
      } else note(narrow(token.user, present), true);
    } catch (error) {
      note(error, true);
    }
  };
  const isExpired = ({ expiresAt }: SimulatedToken) =>
    EPOCH + time.now + ourSkew >= expiresAt + TOLERANCE;

  // The start of the instance is long ago.
  await time.pass(300);
  for (const userId of USERS) {
    const kind = { userId, lag: 0, activeOrg: undefined, livesFor: TOKEN_SECONDS };
    tokens.push(propelAuth.issue(kind)!);
  }
  for (const step of steps) {
    // No two things happen at the same time.
    await time.pass(0.001);
    if (step.type === 'wait') await time.pass(step.seconds);
    if (step.type === 'issue') {
      const token = propelAuth.issue(step.token);
      if (token !== undefined) tokens.push(token);
    }
    if (step.type === 'set-clock') ourSkew = step.skew;
    if (step.type === 'restart') {
      restarts.push(time.now);
      liveAccess = start();
      ids.clear();
    }
    if (step.type === 'change') {
      const event = makeChange(propelAuth, time, step.change);
      const changedAt = time.now;
      if (event === undefined) continue;
      changes.push({ changedAt, event });
      for (const delay of step.deliveries) time.after(delay, () => deliver(event, changedAt));
      await time.pass(0);
    }
    if (step.type === 'call') {
      const token = tokens[step.token % tokens.length]!;
      if (!isExpired(token)) call(token);
      await settled();
    }
  }
  await time.pass(60);
  return { propelAuth, changes, receipts, restarts, decisions };
}
