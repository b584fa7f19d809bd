import { accessSubject, type PresentState } from '../../lib/plugins/current-access.js';
import { Lag } from '../../lib/live-access/lag.js';
import { LIMITS } from '../../lib/live-access/limits.js';
import { LiveAccess } from '../../lib/live-access/live-access.js';
import type { UserState } from '../../lib/propelauth/backend/user-state.js';
import { UserQuestions } from '../../lib/propelauth/users/user-questions.js';
import { unavailable } from '../../lib/rejections/rejection.js';

const NOW = Date.UTC(2026, 0, 1) / 1000;
const USER_ID = '00000000-0000-4000-8000-000000000001';

/** A token that is older than the start. */
const TOKEN = accessSubject(USER_ID, [], { issuedAt: NOW - 60, expiresAt: NOW + 1_740 }, true);

let time: number;
let answer: () => Promise<UserState>;
let lag: Lag | undefined;
let questions: UserQuestions;
let liveAccess: LiveAccess;

function start(isShared: boolean): void {
  time = 10;
  const clock = { wallSeconds: () => NOW + time, monotonicSeconds: () => time };
  const backend = { fetchUserState: () => answer(), fetchUserStates: unused };
  lag = isShared ? new Lag(clock) : undefined;
  const limits = { ...LIMITS, toleranceSeconds: 60 };
  questions = new UserQuestions(backend, clock);
  liveAccess = new LiveAccess(questions, limits, clock, lag);
}

const unused = () => Promise.reject(new Error('One user is asked about alone'));
const is = (isEnabled: boolean) => async () => ({ isEnabled, orgs: new Map() });
const isAway = () => Promise.reject(unavailable('PropelAuth is away'));
const present = async (): Promise<PresentState> => liveAccess.present(TOKEN);

describe('While PropelAuth is away', () => {
  beforeEach(() => start(false));

  it('a token that may be older than a missed change stays revoked, once PropelAuth has said so', async () => {
    time = 12;
    answer = is(false);
    await expect(present()).rejects.toMatchObject({ reason: 'token_revoked' });
    answer = isAway;
    for (time of [13, 43, 44, 600]) {
      await expect(present()).rejects.toMatchObject({ reason: 'token_revoked' });
    }
    answer = is(true);
    time = 1_000;
    expect((await present()).state).toMatchObject({ isEnabled: true });
  });

  it('an answer that counts is not replaced by the failure of another question', async () => {
    time = 12;
    answer = is(true);
    const { state } = await present();
    answer = isAway;
    await questions.ask(USER_ID, ({ askedAt }) => askedAt > 12);
    expect((await present()).state).toBe(state);
  });
});

describe('While an instance cannot read the log of changes', () => {
  beforeEach(() => start(true));

  it('an answer counts for the call that asked for it, however slow PropelAuth is', async () => {
    lag!.noteFailure();
    let count = 0;
    answer = async () => {
      count++;
      time += 5;
      return { isEnabled: false, orgs: new Map() };
    };
    await expect(present()).rejects.toMatchObject({ reason: 'token_revoked' });
    expect(count).toBe(1);
  });
});
