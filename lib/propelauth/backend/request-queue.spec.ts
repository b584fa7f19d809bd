import { RequestQueue, type Requester } from './request-queue.js';

/** A queue whose requests finish only by hand. */
class Scenario {
  readonly queue: RequestQueue;
  /** The sent requests, in order. */
  readonly sent: string[] = [];
  private readonly finishing: (() => void)[] = [];

  constructor(concurrency: number) {
    this.queue = new RequestQueue(concurrency);
  }

  request(name: string, requester: Partial<Requester> = {}): Promise<string> {
    const answer = this.queue.run({ isKnown: false, party: '192.0.2.1', ...requester }, () => {
      this.sent.push(name);
      return new Promise<string>((resolve) => this.finishing.push(() => resolve(name)));
    });
    // Many requests still wait when their test ends, and then fail.
    answer.catch(() => {});
    return answer;
  }

  /** Finishes the oldest request, and lets the next one be sent. */
  async finishOne(): Promise<void> {
    this.finishing.shift()?.();
    await new Promise(setImmediate);
  }
}

const outcomeOf = (request: Promise<string>) =>
  request.then(
    () => 'answered',
    (error: { reason?: string }) => error.reason,
  );

describe('RequestQueue', () => {
  beforeEach(() => void jest.useFakeTimers({ doNotFake: ['setImmediate'] }));
  afterEach(() => void jest.useRealTimers());

  it('sends requests at once up to its concurrency', async () => {
    const scenario = new Scenario(2);
    for (const name of ['a', 'b', 'c']) void scenario.request(name);
    expect(scenario.sent).toEqual(['a', 'b']);
    await scenario.finishOne();
    expect(scenario.sent).toEqual(['a', 'b', 'c']);
  });

  it('serves clients in turn', async () => {
    const scenario = new Scenario(1);
    void scenario.request('first');
    for (let index = 0; index < 100; index++) void scenario.request(`junk-${index}`);
    for (const name of ['x', 'y', 'z']) void scenario.request(name, { party: name });
    for (let turn = 0; turn < 7; turn++) await scenario.finishOne();
    expect(scenario.sent.slice(1, 8)).toEqual([
      'junk-0',
      'x',
      'y',
      'z',
      'junk-1',
      'junk-2',
      'junk-3',
    ]);
  });

  it('serves recently valid credentials first, even behind one proxy', async () => {
    const scenario = new Scenario(1);
    void scenario.request('first');
    for (let index = 0; index < 100; index++) void scenario.request(`junk-${index}`);
    void scenario.request('known', { isKnown: true });
    await scenario.finishOne();
    expect(scenario.sent).toEqual(['first', 'known']);
  });

  it('serves clients with recently valid credentials in turn', async () => {
    const scenario = new Scenario(1);
    void scenario.request('first');
    for (let index = 0; index < 100; index++) {
      void scenario.request(`customer-${index}`, { isKnown: true });
    }
    void scenario.request('other customer', { isKnown: true, party: '198.51.100.1' });
    for (let turn = 0; turn < 3; turn++) await scenario.finishOne();
    expect(scenario.sent.slice(1, 4)).toEqual(['customer-0', 'other customer', 'customer-1']);
  });

  it('serves one other credential after four recently valid ones', async () => {
    const scenario = new Scenario(1);
    void scenario.request('first');
    for (let index = 0; index < 3; index++) void scenario.request('new');
    for (let index = 0; index < 10; index++) void scenario.request('known', { isKnown: true });
    for (let turn = 0; turn < 13; turn++) await scenario.finishOne();
    const four = ['known', 'known', 'known', 'known'];
    expect(scenario.sent.slice(1)).toEqual([
      ...four,
      'new',
      ...four,
      'new',
      'known',
      'known',
      'new',
    ]);
  });

  it('continues after a failed request', async () => {
    const queue = new RequestQueue(1);
    const requester = { isKnown: false, party: '' };
    const failing = queue.run(requester, () => Promise.reject(new Error('lost')));
    const next = queue.run(requester, () => Promise.resolve('answered'));
    await expect(failing).rejects.toThrow('lost');
    await expect(next).resolves.toBe('answered');
    await expect(queue.run(requester, () => Promise.resolve('later'))).resolves.toBe('later');
  });

  describe('when a request waits too long', () => {
    it('rejects the request after exactly 2 s, and never sends it', async () => {
      const scenario = new Scenario(1);
      void scenario.request('first');
      const late = outcomeOf(scenario.request('late'));
      let outcome: string | undefined;
      void late.then((result) => (outcome = result));
      await jest.advanceTimersByTimeAsync(1_999);
      expect(outcome).toBeUndefined();
      await jest.advanceTimersByTimeAsync(1);
      expect(outcome).toBe('propelauth_unavailable');
      await scenario.finishOne();
      expect(scenario.sent).toEqual(['first']);
      expect(jest.getTimerCount()).toBe(0);
    });

    it('queues at most 10,000 requests, and drops those of the busiest client first', async () => {
      const scenario = new Scenario(1);
      void scenario.request('first');
      const junk = Array.from({ length: 10_000 }, (_, index) =>
        outcomeOf(scenario.request(`${index}`)),
      );
      expect(await outcomeOf(scenario.request('one too many'))).toBe('propelauth_unavailable');
      void scenario.request('other', { party: '198.51.100.1' });
      expect(await junk.at(-1)).toBe('propelauth_unavailable');
      await scenario.finishOne();
      await scenario.finishOne();
      expect(scenario.sent).toEqual(['first', '0', 'other']);
    });

    it('reserves room for recently valid credentials', async () => {
      const scenario = new Scenario(1);
      void scenario.request('first');
      for (let index = 0; index < 10_000; index++) {
        void scenario.request('junk', { party: `${index}` });
      }
      void scenario.request('known', { isKnown: true, party: '198.51.100.1' });
      await scenario.finishOne();
      expect(scenario.sent).toEqual(['first', 'known']);
    });
  });
});
