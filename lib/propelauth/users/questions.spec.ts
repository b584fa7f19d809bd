import { onlyFakeTimeouts } from '../../../test/support/fake-timers.js';
import { unavailable } from '../../rejections/rejection.js';
import type { UserState } from '../backend/user-state.js';
import { systemClock } from '../../values/clock.js';
import { Questions } from './questions.js';

const STATE: UserState = { isEnabled: true, orgs: new Map() };
const OTHER_DAY = () => false;
const ANY_TIME = () => true;

function idOf(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

/** A backend that answers when the test says so. */
class Backend {
  /** The ids in each request; a single text for a request about one user. */
  readonly requests: (string | readonly string[])[] = [];
  readonly known = new Set<string>();
  private readonly held: { fail: (error: Error) => void; answer: () => void }[] = [];

  fetchUserStates(userIds: readonly string[]): Promise<Map<string, UserState>> {
    const known = userIds.filter((userId) => this.known.has(userId));
    return this.hold(userIds, new Map(known.map((userId) => [userId, STATE])));
  }

  fetchUserState(userId: string): Promise<UserState | null> {
    return this.hold(userId, this.known.has(userId) ? STATE : null);
  }

  answerAll(): Promise<void> {
    for (const { answer } of this.held.splice(0)) answer();
    return turns();
  }

  failAll(error: Error): Promise<void> {
    for (const { fail } of this.held.splice(0)) fail(error);
    return turns();
  }

  failOne(error: Error): Promise<void> {
    this.held.shift()?.fail(error);
    return turns();
  }

  private hold<Result>(request: string | readonly string[], result: Result): Promise<Result> {
    this.requests.push(request);
    return new Promise((resolve, reject) =>
      this.held.push({ answer: () => resolve(result), fail: reject }),
    );
  }
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Waits until a request has gathered the users who are asked about. */
function gathered(): Promise<void> {
  jest.advanceTimersByTime(50);
  return turns();
}

describe('The queue of access requests', () => {
  let backend: Backend;
  let questions: Questions;

  beforeEach(() => {
    onlyFakeTimeouts();
    backend = new Backend();
    questions = new Questions(backend, systemClock);
  });

  it('sends one request for concurrent calls', async () => {
    backend.known.add(idOf(1));
    const answers = [1, 2, 3].map(() => questions.ask(idOf(1), ANY_TIME));
    await turns();
    answers.push(questions.ask(idOf(1), ANY_TIME));
    await turns();
    await backend.answerAll();
    expect(backend.requests).toEqual([idOf(1)]);
    for (const answer of answers) expect(await answer).toMatchObject({ state: STATE });
  });

  it('sends another request if the pending one began too early', async () => {
    void questions.ask(idOf(1), ANY_TIME);
    await turns();
    void questions.ask(idOf(1), OTHER_DAY);
    await gathered();
    expect(backend.requests).toEqual([idOf(1), idOf(1)]);
  });

  it('has at most two pending requests per user, however long PropelAuth takes', async () => {
    const answers = [1, 2, 3].map(async () => {
      const answer = questions.ask(idOf(1), OTHER_DAY);
      await turns();
      return answer;
    });
    await turns();
    void questions.ask(idOf(1), OTHER_DAY);
    await gathered();
    expect(backend.requests).toEqual([idOf(1), idOf(1)]);
    await backend.answerAll();
    await Promise.all(answers);
    void questions.ask(idOf(1), OTHER_DAY);
    await turns();
    expect(backend.requests).toHaveLength(3);
  });

  it('shares a queued request, whenever it was queued', async () => {
    void questions.ask(idOf(1), OTHER_DAY);
    void questions.ask(idOf(1), OTHER_DAY);
    await turns();
    expect(backend.requests).toEqual([idOf(1)]);
  });

  it('requests several users at once, and then each one missing from the response alone', async () => {
    const ids = [1, 2, 3].map(idOf);
    backend.known.add(idOf(1)).add(idOf(3));
    const answers = ids.map((id) => questions.ask(id, ANY_TIME));
    await turns();
    await backend.answerAll();
    expect(backend.requests).toEqual([ids, idOf(2)]);
    await backend.answerAll();
    const states = await Promise.all(answers);
    expect(states).toMatchObject([{ state: STATE }, { state: null }, { state: STATE }]);
  });

  it('gathers users for 50 ms while a request is under way, or until there are 50', async () => {
    void questions.ask(idOf(0), ANY_TIME);
    await turns();
    expect(backend.requests).toEqual([idOf(0)]);
    const others = [1, 2, 3].map(idOf);
    for (const id of others) {
      void questions.ask(id, ANY_TIME);
      await turns();
    }
    jest.advanceTimersByTime(49);
    await turns();
    expect(backend.requests).toHaveLength(1);
    jest.advanceTimersByTime(1);
    await turns();
    expect(backend.requests[1]).toEqual(others);
    for (let number = 4; number < 54; number++) void questions.ask(idOf(number), ANY_TIME);
    await turns();
    expect(backend.requests[2]).toHaveLength(50);
    await gathered();
    expect(backend.requests).toHaveLength(3);
  });

  it('sends 5 requests at a time, each for at most 50 users', async () => {
    // The five gather no further users, so that they do not share a request.
    for (let number = 0; number < 5; number++) {
      void questions.ask(idOf(number), ANY_TIME);
      await turns();
      await gathered();
    }
    for (let number = 5; number < 400; number++) void questions.ask(idOf(number), ANY_TIME);
    await turns();
    expect(backend.requests).toHaveLength(5);
    await backend.answerAll();
    expect(backend.requests).toHaveLength(10);
    const sizes = backend.requests.slice(5).map((userIds) => userIds.length);
    expect(sizes).toEqual([50, 50, 50, 50, 50]);
  });

  it('requests missing users 5 at a time, without delaying others', async () => {
    for (let number = 0; number < 100; number++) void questions.ask(idOf(number), ANY_TIME);
    await turns();
    await backend.answerAll();
    expect(backend.requests.slice(2)).toEqual([0, 1, 2, 3, 4].map(idOf));
    void questions.ask(idOf(100), ANY_TIME);
    await turns();
    expect(backend.requests.slice(7)).toEqual([idOf(100)]);
  });

  it('rejects only those missing users whose turn does not come within 2 s', async () => {
    const answers = [1, 2, 3, 4, 5, 6].map((number) => questions.ask(idOf(number), ANY_TIME));
    await turns();
    await backend.answerAll();
    jest.advanceTimersByTime(2_000);
    expect(await answers[5]).toMatchObject({ failure: { reason: 'propelauth_unavailable' } });
    expect(questions.availability.isFailing).toBe(false);
    await backend.answerAll();
    expect(await answers[4]).toMatchObject({ state: null });
  });

  it('rejects requests if 10,000 users are waiting', async () => {
    for (let number = 0; number < 10_000; number++) void questions.ask(idOf(number), ANY_TIME);
    const answer = await questions.ask(idOf(10_000), ANY_TIME);
    expect(answer).toMatchObject({ failure: { reason: 'propelauth_unavailable' } });
  });

  it('rejects requests whose turn does not come within 2 s', async () => {
    for (let number = 0; number < 5; number++) {
      void questions.ask(idOf(number), ANY_TIME);
      await turns();
      await gathered();
    }
    const late = questions.ask(idOf(5), ANY_TIME);
    await gathered();
    jest.advanceTimersByTime(2_000);
    expect(await late).toMatchObject({ failure: { reason: 'propelauth_unavailable' } });
    expect(questions.availability.isFailing).toBe(true);
  });

  it.each(['', 'alice', `${idOf(1)}/../query`, `${idOf(1)}?`, `${idOf(1)}\n`])(
    'sends no request for the id %j, which PropelAuth never issues',
    async (userId) => {
      const answer = await questions.ask(userId, ANY_TIME);
      expect(answer).toMatchObject({ failure: { reason: 'propelauth_unavailable' } });
      expect(backend.requests).toEqual([]);
      expect(questions.availability.isFailing).toBe(false);
    },
  );

  it('reports a failure to all waiting calls, and keeps it until the next response', async () => {
    const failure = unavailable('PropelAuth did not answer');
    const answers = [1, 2].map((number) => questions.ask(idOf(number), ANY_TIME));
    await turns();
    await backend.failAll(failure);
    expect(await Promise.all(answers)).toMatchObject([{ failure }, { failure }]);
    expect(backend.requests).toHaveLength(1);
    expect(questions.availability.isFailing).toBe(true);
    void questions.ask(idOf(1), ANY_TIME);
    await turns();
    await backend.answerAll();
    expect(questions.availability.isFailing).toBe(false);
  });

  describe('when PropelAuth asks for a pause', () => {
    let now: number;

    beforeEach(async () => {
      now = 0;
      questions = new Questions(backend, { ...systemClock, monotonicSeconds: () => now });
      for (let number = 0; number < 5; number++) {
        void questions.ask(idOf(number), ANY_TIME);
        await turns();
        await gathered();
      }
    });

    it('rejects queued and new requests until the pause is over', async () => {
      const failure = unavailable('PropelAuth returned status 429', 7);
      const waiting = questions.ask(idOf(5), ANY_TIME);
      await gathered();
      await backend.failAll(failure);
      expect(await waiting).toMatchObject({ failure });
      now = 6.9;
      expect(await questions.ask(idOf(6), ANY_TIME)).toMatchObject({ failure });
      expect(backend.requests).toHaveLength(5);
      now = 7;
      void questions.ask(idOf(6), ANY_TIME);
      await turns();
      expect(backend.requests.slice(5)).toEqual([idOf(6)]);
    });

    it('also rejects users who would be requested alone', async () => {
      const failure = unavailable('PropelAuth returned status 429', 7);
      await backend.answerAll();
      const answers = [11, 12, 13, 14, 15, 16].map((number) =>
        questions.ask(idOf(number), ANY_TIME),
      );
      await turns();
      await backend.answerAll();
      await backend.failAll(failure);
      expect(await Promise.all(answers)).toEqual(
        answers.map(() => expect.objectContaining({ failure })),
      );
      expect(backend.requests).toHaveLength(5 + 1 + 5);
    });

    const waitASecond = async () => {
      now += 1.001;
      jest.advanceTimersByTime(1_001);
      await turns();
    };

    describe('for a second', () => {
      const failure = unavailable('PropelAuth returned status 429', 1);

      it('queues new requests, and sends them after the pause', async () => {
        const first = questions.ask(idOf(5), ANY_TIME);
        await gathered();
        await backend.answerAll();
        await backend.failAll(failure);
        const second = questions.ask(idOf(6), ANY_TIME);
        await turns();
        expect(backend.requests.slice(5)).toEqual([idOf(5)]);
        backend.known.add(idOf(5)).add(idOf(6));
        await waitASecond();
        expect(backend.requests.slice(6)).toEqual([[idOf(5), idOf(6)]]);
        await backend.answerAll();
        expect(await Promise.all([first, second])).toMatchObject([
          { state: STATE, askedAt: 1.001 },
          { state: STATE, askedAt: 1.001 },
        ]);
        expect(questions.availability.isFailing).toBe(false);
      });

      it('fails after the second pause', async () => {
        await backend.answerAll();
        const answer = questions.ask(idOf(5), ANY_TIME);
        await turns();
        await backend.failAll(failure);
        await waitASecond();
        await backend.failAll(failure);
        expect(await answer).toMatchObject({ failure });
        await waitASecond();
        expect(backend.requests).toHaveLength(7);
      });
    });

    it('waits at most 30 s', async () => {
      await backend.failAll(unavailable('PropelAuth returned status 429', 3_600));
      now = 30;
      void questions.ask(idOf(6), ANY_TIME);
      await turns();
      expect(backend.requests.slice(5)).toEqual([idOf(6)]);
    });

    it('keeps the pause even if an earlier request gets a response', async () => {
      await backend.failOne(unavailable('PropelAuth returned status 429', 7));
      await backend.answerAll();
      void questions.ask(idOf(6), ANY_TIME);
      await turns();
      expect(backend.requests).toHaveLength(5);
    });
  });
});
