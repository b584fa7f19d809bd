import { randomUUID } from 'node:crypto';
import { accessSubject, type AccessSubject } from '../../lib/plugins/current-access.js';
import { LIMITS } from '../../lib/live-access/limits.js';
import { LiveAccess } from '../../lib/live-access/live-access.js';
import { UserQuestions } from '../../lib/propelauth/users/user-questions.js';

const NOW = Date.UTC(2026, 0, 1) / 1000;
const STATE = { isEnabled: true, orgs: new Map() };

/** A token that is older than the start. */
function olderToken(): AccessSubject {
  return accessSubject(randomUUID(), [], { issuedAt: NOW - 60, expiresAt: NOW + 1_740 });
}

/** An instance that has just started, and how many requests it has sent to PropelAuth. */
class StartedInstance {
  requests = 0;
  private time = 0;
  private readonly clock = {
    wallSeconds: () => NOW + this.time,
    monotonicSeconds: () => this.time,
  };
  private readonly liveAccess: LiveAccess;

  constructor() {
    const backend = {
      fetchUserState: async () => this.answer(STATE),
      fetchUserStates: async (ids: readonly string[]) =>
        this.answer(new Map(ids.map((id) => [id, STATE] as const))),
    };
    const limits = { ...LIMITS, toleranceSeconds: 60 };
    const questions = new UserQuestions(backend, this.clock);
    this.liveAccess = new LiveAccess(questions, limits, this.clock);
  }

  /** All users call at once, some time after the start. */
  async call(tokens: readonly AccessSubject[], seconds: number): Promise<void> {
    this.time = seconds;
    await Promise.all(tokens.map(async (token) => this.liveAccess.present(token)));
  }

  private async answer<Answer>(answer: Answer): Promise<Answer> {
    this.requests++;
    await new Promise((resolve) => setImmediate(resolve));
    return answer;
  }
}

describe('After a start, 1,000 users with older tokens', () => {
  const tokens = Array.from({ length: 1_000 }, olderToken);

  it.each([
    ['who call at once cost 20 requests', [0.1], 20],
    ['who call again and again for half an hour cost 40', [0.1, 0.5, 1.9, 2, 2.1, 60, 1_700], 40],
    ['who call after two seconds cost 20, however often', [2, 3, 30, 300, 1_700], 20],
  ])('%s', async (_what, times, requests) => {
    const instance = new StartedInstance();
    for (const time of times) await instance.call(tokens, time);
    expect(instance.requests).toBe(requests);
  });
});
