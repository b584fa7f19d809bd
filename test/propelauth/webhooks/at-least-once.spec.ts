import { Keyv } from 'keyv';
import { OnPropelAuthEvent, type PropelAuthEvent, type WebhooksOptions } from 'nestjs-propelauth';
import { EventDispatcher } from '../../../lib/propelauth/webhooks/event-dispatcher.js';
import { FinishedHandlers } from '../../../lib/propelauth/webhooks/finished-handlers.js';
import { ResolvedOptions } from '../../../lib/options/resolved-options.js';
import { until, useFakeTimers } from '../../support/fake-timers.js';
import { issuer } from '../../support/guarded-application.js';
import { RecordingLogger } from '../../support/recording-logger.js';
import {
  created,
  deliver,
  send,
  startWithHandlers,
  webhooks,
  withResolvers,
} from './event-application.js';

const calls: string[] = [];
let failing = new Set<string>();
let release: Promise<void>;

class Sync {
  @OnPropelAuthEvent('user.created')
  async first() {
    calls.push('first');
    await release;
  }

  @OnPropelAuthEvent('user.created')
  second() {
    calls.push('second');
    if (failing.has('second')) throw new Error('broken');
  }

  @OnPropelAuthEvent('user.created')
  third() {
    calls.push('third');
  }
}

beforeEach(() => {
  calls.splice(0);
  failing = new Set();
  release = Promise.resolve();
});

const start = (options: Partial<typeof webhooks & Pick<WebhooksOptions, 'store'>> = {}) =>
  startWithHandlers([Sync], {}, { webhooks: { ...webhooks, ...options } });

const HOUR = 3_600_000;

const finishedWith = (options: Partial<typeof webhooks & Pick<WebhooksOptions, 'store'>> = {}) =>
  new FinishedHandlers(
    new ResolvedOptions({ ...issuer.moduleOptions, webhooks: { ...webhooks, ...options } }),
  );

const broken = () => Promise.reject(Object.assign(new Error('redis://:pw@h'), { code: 'ECONN' }));

describe('An event that is sent again', () => {
  it('runs only the handlers that have failed', async () => {
    const application = await start();
    failing.add('second');
    expect(await send(application, created, 'msg_1')).toBe(500);
    expect(await send(application, created, 'msg_1')).toBe(500);
    failing.clear();
    expect(await send(application, created, 'msg_1')).toBe(204);
    expect(await send(application, created, 'msg_1')).toBe(204);
    expect(calls).toEqual(['first', 'second', 'third', 'second', 'second']);
  });

  it('is a different event under another id', async () => {
    const application = await start();
    await send(application, created, 'msg_1');
    await send(application, created, 'msg_2');
    expect(calls).toHaveLength(6);
  });

  it.each([
    ['204', false],
    ['500', true],
  ])('shares the running handlers, and gets the same response: %s', async (status, fails) => {
    const application = await start();
    if (fails) failing.add('second');
    const { promise, resolve } = withResolvers();
    release = promise;
    const webhook = issuer.webhook(created);
    const dispatched = jest.spyOn(
      application.app.get(EventDispatcher, { strict: false }),
      'dispatch',
    );
    const responses = [deliver(application, webhook)];
    await until(() => calls.length === 1);
    responses.push(deliver(application, webhook), deliver(application, webhook));
    await until(() => dispatched.mock.calls.length === 3);
    resolve();
    const statuses = (await Promise.all(responses)).map((response) => String(response.status));
    expect(statuses).toEqual([status, status, status]);
    expect(calls).toEqual(['first', 'second', 'third']);
  });
});

describe('Finished handlers', () => {
  it.each([
    ['in the process', () => ({})],
    ['in a store', () => ({ store: new Keyv() })],
  ])('are remembered for 48 hours: %s', async (_where, options) => {
    useFakeTimers();
    const finished = finishedWith(options());
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
    const finished = finishedWith({ store });
    await finished.add('msg_1', 'Sync.first');
    expect(await finished.has('msg_1', 'Sync.second')).toBe(false);
    expect(await finished.has('msg_2', 'Sync.first')).toBe(false);
    expect(await finished.has('msg_1S', 'ync.first')).toBe(false);
    const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
    expect(await finishedWith({ store, secret }).has('msg_1', 'Sync.first')).toBe(false);
    expect(await finishedWith({ store }).has('msg_1', 'Sync.first')).toBe(true);
  });
});

describe('webhooks.store', () => {
  it.each<[string, () => WebhooksOptions['store']]>([
    ['a Map', () => new Map<string, string>()],
    ['a Keyv', () => new Keyv()],
  ])('shares finished handlers between instances: %s', async (_what, create) => {
    const store = create();
    const [one, other] = [await start({ store }), await start({ store })];
    failing.add('second');
    expect(await send(one, created, 'msg_1')).toBe(500);
    failing.clear();
    expect(await send(other, created, 'msg_1')).toBe(204);
    expect(await send(one, created, 'msg_1')).toBe(204);
    expect(calls).toEqual(['first', 'second', 'third', 'second']);
  });

  it('never contains an event, an id or a secret', async () => {
    const store = new Map<string, string>();
    const application = await start({ store });
    await send(application, created, 'msg_1');
    expect(store.size).toBe(3);
    const held = JSON.stringify([...store]);
    for (const text of [...Object.values(created), 'msg_1', 'Sync', webhooks.secret.slice(6)]) {
      expect(held).not.toContain(text);
    }
    expect(new Set(store.values())).toEqual(new Set(['finished']));
  });

  it.each<[string, WebhooksOptions['store']]>([
    ['rejects', { get: broken, set: broken }],
    ['throws', { get: () => { throw new Error('no') }, set: () => { throw new Error('no') } }], // prettier-ignore
    ['contains other data', { get: () => 'yes', set: () => {} }],
  ])(
    'that %s prevents no handler from running, and no event from finishing',
    async (_how, store) => {
      const [one, other] = [await start({ store }), await start({ store })];
      expect(await send(one, created, 'msg_1')).toBe(204);
      expect(await send(one, created, 'msg_1')).toBe(204);
      // At least once: another instance does not know.
      expect(await send(other, created, 'msg_1')).toBe(204);
      expect(calls).toHaveLength(6);
    },
  );

  it('that fails logs one warning, which does not quote it', async () => {
    const application = await start({ store: { get: broken, set: broken } });
    const logger = new RecordingLogger();
    application.app.useLogger(logger);
    await send(application, created);
    await send(application, created);
    expect(logger.of('warn')).toEqual([
      expect.stringMatching(/^webhooks\.store fails \(ECONN\)\./),
    ]);
    expect(logger.text).not.toContain('redis://');
  });

  it('that does not respond delays an event by half a second, for any number of handlers, and is used again after 5 s', async () => {
    useFakeTimers();
    const get = jest.fn(() => new Promise(() => {}));
    const finished = finishedWith({ store: { get, set: get } });
    const handle = async () => {
      for (let index = 0; index < 10; index++) {
        expect(await finished.has('msg_1', `Sync.handler${index}`)).toBe(false);
        await finished.add('msg_2', `Sync.handler${index}`);
      }
    };
    const handled = handle();
    await jest.advanceTimersByTimeAsync(500);
    await handled;
    expect(get).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(4_999);
    await handle();
    expect(get).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(1);
    void finished.has('msg_1', 'Sync.first');
    expect(get).toHaveBeenCalledTimes(2);
  });
});

it('An event without handlers gets 204', async () => {
  const application = await start();
  const event: Partial<PropelAuthEvent> = { event_type: 'user.login', user_id: 'zoë' };
  expect(await send(application, event)).toBe(204);
  expect(calls).toEqual([]);
});
