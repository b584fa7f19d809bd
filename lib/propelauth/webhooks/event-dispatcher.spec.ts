import { Logger } from '@nestjs/common';
import { Keyv } from 'keyv';
import { ignoreElements, tap, throwError, timer } from 'rxjs';
import { registerCleanup } from '../../../test/support/clean-up.js';
import { until, useFakeTimers } from '../../../test/support/fake-timers.js';
import { API_KEY, AUTH_URL } from '../../../test/support/project.js';
import { RecordingLogger } from '../../../test/support/recording-logger.js';
import type { KeyValueStore } from '../../options/key-value-store.interface.js';
import { ResolvedOptions } from '../../options/resolved-options.js';
import { EventDispatcher } from './event-dispatcher.js';
import type { EventHandlers } from './event-handlers.js';
import { FinishedHandlers } from './finished-handlers.js';
import type { PropelAuthEvent } from './propel-auth-event.js';

const created = {
  event_type: 'user.created',
  user_id: 'user-zoë',
  email: 'zoë@example.com',
} as PropelAuthEvent<'user.created'>;

const secretOf = (byte: number) => `whsec_${Buffer.alloc(24, byte).toString('base64')}`;
const SECRET = secretOf(1);

const finishedWith = (store?: KeyValueStore, secret = SECRET) =>
  new FinishedHandlers(
    new ResolvedOptions({
      authUrl: AUTH_URL,
      apiKey: API_KEY,
      webhooks: { secret, receive: 'own', store },
    }),
  );

/** Which handlers were called, in order. */
const calls: string[] = [];
let log: RecordingLogger;

beforeEach(() => {
  calls.splice(0);
  Logger.overrideLogger((log = new RecordingLogger()));
  registerCleanup(() => Logger.overrideLogger(false));
});

type Handlers = Record<string, (event: typeof created) => unknown>;

/** An instance of a service, with the handlers of a class Sync. */
function start(handlers: Handlers, store?: KeyValueStore) {
  const listed = Object.entries(handlers).map(([name, handle]) => ({
    name: `Sync.${name}`,
    call: (event: typeof created) => {
      calls.push(name);
      return handle(event);
    },
  }));
  return new EventDispatcher({ of: () => listed } as unknown as EventHandlers, finishedWith(store));
}

/** @returns whether all handlers of the event have finished */
const finishes = (instance: EventDispatcher, messageId = 'msg_1') =>
  instance.dispatch(messageId, created).then(
    () => true,
    (error: { status?: number }) => {
      expect(error).toMatchObject({ status: 500 });
      return false;
    },
  );

const succeed = () => {};
const fail = () => Promise.reject(new Error('broken'));

describe('An event that is sent again', () => {
  it('runs only the handlers that have failed', async () => {
    const second = jest.fn<unknown, []>(fail);
    const instance = start({ first: succeed, second, third: succeed });
    expect(await finishes(instance)).toBe(false);
    expect(await finishes(instance)).toBe(false);
    second.mockImplementation(succeed);
    expect(await finishes(instance)).toBe(true);
    expect(await finishes(instance)).toBe(true);
    expect(calls).toEqual(['first', 'second', 'third', 'second', 'second']);
  });

  it('is a different event under another id', async () => {
    const instance = start({ first: succeed, second: succeed });
    await finishes(instance, 'msg_1');
    await finishes(instance, 'msg_2');
    expect(calls).toEqual(['first', 'second', 'first', 'second']);
  });

  it.each([
    ['finished', succeed, true],
    ['failed', fail, false],
  ])('shares the running handlers, and ends like them: %s', async (_how, second, hasFinished) => {
    let release!: () => void;
    const first = () => new Promise<void>((resolve) => (release = resolve));
    const instance = start({ first, second, third: succeed });
    const deliveries = [1, 2, 3].map(() => finishes(instance));
    await until(() => calls.length === 1);
    release();
    expect(await Promise.all(deliveries)).toEqual([hasFinished, hasFinished, hasFinished]);
    expect(calls).toEqual(['first', 'second', 'third']);
  });
});

it('An event without handlers is finished', async () => {
  expect(await finishes(start({}))).toBe(true);
});

describe('A handler that fails', () => {
  it('does not stop the others, and each failure is logged once, without the event', async () => {
    const instance = start({
      failing: ({ email }) => {
        throw Object.assign(new RangeError(`no room for ${email}`), { code: 'E_FULL' });
      },
      rejecting: ({ email }) => Promise.reject(email),
      succeeding: succeed,
    });
    expect(await finishes(instance, 'msg_1')).toBe(false);
    expect(await finishes(instance, 'msg_2')).toBe(false);
    expect(calls.filter((name) => name === 'succeeding')).toHaveLength(2);
    expect(log.of('error')).toEqual([
      expect.stringMatching(/^Sync\.failing: .*RangeError \(E_FULL\)\n.* at .*failing/s),
      expect.stringMatching(/^Sync\.rejecting: /),
    ]);
    expect(log.text).not.toContain(created.email);
    expect(log.text).not.toContain(created.user_id);
  });

  const unreadable = Object.defineProperty(new Error(), 'stack', {
    get: () => {
      throw new Error('no source map');
    },
  });

  it.each<[string, () => unknown]>([
    ['throws an error that cannot be read', () => Promise.reject(unreadable)],
    ['returns an Observable that fails', () => throwError(() => new Error('broken'))],
  ])('may be one that %s', async (_how, failing) => {
    expect(await finishes(start({ failing, succeeding: succeed }))).toBe(false);
    expect(calls).toEqual(['failing', 'succeeding']);
  });
});

it('A handler that returns an Observable is done when it completes, even without a value', async () => {
  const done = () => calls.push('done');
  const observed = () => timer(10).pipe(tap(done), ignoreElements());
  expect(await finishes(start({ observed }))).toBe(true);
  expect(calls).toEqual(['observed', 'done']);
});

const HOUR = 3_600_000;
const broken = () => Promise.reject(Object.assign(new Error('redis://:pw@h'), { code: 'ECONN' }));

describe('Finished handlers', () => {
  it.each([
    ['in the process', () => undefined],
    ['in a store', () => new Keyv()],
  ])('are remembered for 48 hours: %s', async (_where, createStore) => {
    useFakeTimers();
    const finished = finishedWith(createStore());
    await finished.add('msg_1', 'Sync.first');
    jest.advanceTimersByTime(48 * HOUR - 1_000);
    expect(await finished.has('msg_1', 'Sync.first')).toBe(true);
    jest.advanceTimersByTime(1_001);
    expect(await finished.has('msg_1', 'Sync.first')).toBe(false);
  });

  it('are limited to 50,000 per process, and the oldest are dropped', async () => {
    const finished = finishedWith();
    for (let index = 0; index <= 50_000; index++) await finished.add(`msg_${index}`, 'Sync.first');
    expect(await finished.has('msg_0', 'Sync.first')).toBe(false);
    expect(await finished.has('msg_1', 'Sync.first')).toBe(true);
  });

  it('are separated by message, by handler and by the secret of the endpoint, whatever their names contain', async () => {
    const store = new Map<string, string>();
    const finished = finishedWith(store);
    await finished.add('msg_1', 'Sync.first');
    expect(await finished.has('msg_1', 'Sync.second')).toBe(false);
    expect(await finished.has('msg_2', 'Sync.first')).toBe(false);
    expect(await finished.has('msg_1S', 'ync.first')).toBe(false);
    expect(await finishedWith(store, secretOf(7)).has('msg_1', 'Sync.first')).toBe(false);
    expect(await finishedWith(store).has('msg_1', 'Sync.first')).toBe(true);
  });
});

const fault = () => {
  throw new Error('no');
};

describe('webhooks.store', () => {
  it.each<[string, () => KeyValueStore]>([
    ['a Map', () => new Map<string, string>()],
    ['a Keyv', () => new Keyv()],
  ])('shares finished handlers between instances: %s', async (_what, create) => {
    const store = create();
    const second = jest.fn<unknown, []>(fail);
    const [one, other] = [1, 2].map(() => start({ first: succeed, second }, store)) as [
      EventDispatcher,
      EventDispatcher,
    ];
    expect(await finishes(one)).toBe(false);
    second.mockImplementation(succeed);
    expect(await finishes(other)).toBe(true);
    expect(await finishes(one)).toBe(true);
    expect(calls).toEqual(['first', 'second', 'second']);
  });

  it('never contains an event, an id or a secret', async () => {
    const store = new Map<string, string>();
    await finishes(start({ first: succeed, second: succeed }, store));
    expect(store.size).toBe(2);
    const held = JSON.stringify([...store]);
    for (const text of [...Object.values(created), 'msg_1', 'Sync', SECRET.slice(6)]) {
      expect(held).not.toContain(text);
    }
    expect(new Set(store.values())).toEqual(new Set(['finished']));
  });

  it.each<[string, KeyValueStore]>([
    ['rejects', { get: broken, set: broken }],
    ['throws', { get: fault, set: fault }],
    ['contains other data', { get: () => 'yes', set: () => {} }],
  ])(
    'that %s prevents no handler from running, and no event from finishing',
    async (_how, store) => {
      const one = start({ first: succeed }, store);
      expect(await finishes(one)).toBe(true);
      expect(await finishes(one)).toBe(true);
      // At least once: another instance does not know.
      expect(await finishes(start({ first: succeed }, store))).toBe(true);
      expect(calls).toEqual(['first', 'first']);
    },
  );

  it('that fails logs one warning, which does not quote it', async () => {
    const instance = start({ first: succeed }, { get: broken, set: broken });
    await finishes(instance, 'msg_1');
    await finishes(instance, 'msg_2');
    expect(log.of('warn')).toEqual([expect.stringMatching(/^webhooks\.store fails \(ECONN\)\./)]);
    expect(log.text).not.toContain('redis://');
  });

  it('that does not respond delays an event by half a second, for any number of handlers, and is used again after 5 s', async () => {
    useFakeTimers();
    const get = jest.fn(() => new Promise(() => {}));
    const ten = Array.from({ length: 10 }, (_, index) => [`handler${index}`, succeed]);
    const instance = start(Object.fromEntries(ten) as Handlers, { get, set: get });
    const handled = finishes(instance, 'msg_1');
    await jest.advanceTimersByTimeAsync(500);
    expect(await handled).toBe(true);
    expect(get).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(4_999);
    expect(await finishes(instance, 'msg_2')).toBe(true);
    expect(get).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(1);
    void finishes(instance, 'msg_3');
    expect(get).toHaveBeenCalledTimes(2);
  });
});
