import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { registerCleanup } from '../../test/support/clean-up.js';
import { API_KEY, AUTH_URL } from '../../test/support/project.js';
import { RecordingLogger } from '../../test/support/recording-logger.js';
import { useFakeTimers } from '../../test/support/fake-timers.js';
import { countOf } from '../../test/support/open-streams.js';
import { LIMITS } from '../live-access/limits.js';
import { LiveAccess } from '../live-access/live-access.js';
import type { PropelAuthModuleOptions } from '../options/propel-auth-module-options.interface.js';
import { ResolvedOptions } from '../options/resolved-options.js';
import { OpenStreams, type OpenStream, type EndReason } from './open-streams.js';

const DAY = 86_400_000;
const log = new RecordingLogger();
let liveAccess: LiveAccess;

beforeAll(() => Logger.overrideLogger(log));

beforeEach(() => {
  useFakeTimers();
  log.lines.length = 0;
  const questions = { ask: jest.fn() };
  liveAccess = new LiveAccess(questions as never, { ...LIMITS, toleranceSeconds: 10 });
  // The start is over.
  jest.advanceTimersByTime(60_000);
});

/** The streams of an application. */
function createStreams(
  options: Partial<PropelAuthModuleOptions> = {},
  plugin: { access?: LiveAccess } = { access: liveAccess },
): OpenStreams {
  const streams = new OpenStreams(
    new ResolvedOptions({ authUrl: AUTH_URL, apiKey: API_KEY, ...options }),
    plugin,
  );
  registerCleanup(() => streams.onApplicationShutdown());
  return streams;
}

/** Opens a stream, and keeps why it ended. */
function open(streams: OpenStreams, about: Partial<OpenStream> = {}) {
  const ends: EndReason[] = [];
  const remove = streams.add({
    userId: 'alice',
    orgIds: new Set(),
    validUntil: undefined,
    decidedSince: streams.now,
    end: (why) => ends.push(why),
    ...about,
  });
  return { ends, remove };
}

function send(event_type: string, fields: object = { user_id: 'alice' }): void {
  liveAccess.apply(randomUUID(), { event_type, ...fields }, Date.now() / 1000);
}

describe('A stream', () => {
  it.each([
    'user.disabled',
    'user.enabled',
    'user.deleted',
    'user.removed_from_org',
    'user.role_changed_within_org',
    'user.added_to_scim_group',
    'user.removed_from_scim_group',
  ])('ends at %s of its user, while those of others stay open', (event) => {
    const streams = createStreams();
    const [first, second] = [open(streams), open(streams)];
    const others = [open(streams, { userId: 'bob' }), open(streams, { userId: undefined })];
    jest.advanceTimersByTime(1);
    send(event);
    for (const { ends } of [first, second]) expect(ends).toEqual(['access_changed']);
    expect(others.flatMap(({ ends }) => ends)).toEqual([]);
    expect(countOf(streams)).toBe(2);
  });

  it.each(['user.locked', 'user.logged_out', 'user.added_to_org', 'org.updated'])(
    'stays open at %s',
    (event) => {
      const { ends } = open(createStreams(), { orgIds: new Set(['acme']) });
      send(event, { user_id: 'alice', org_id: 'acme' });
      expect(ends).toEqual([]);
    },
  );

  it('ends when the organization of its decision is deleted', () => {
    const streams = createStreams();
    const ended = [
      open(streams, { orgIds: new Set(['globex', 'acme']) }),
      open(streams, { userId: undefined, orgIds: new Set(['acme']) }),
      open(streams, { orgIds: 'any' }),
    ];
    const others = [open(streams), open(streams, { orgIds: new Set(['globex']) })];
    jest.advanceTimersByTime(1);
    send('org.deleted', { org_id: 'acme' });
    expect(ended.map(({ ends }) => ends.length)).toEqual([1, 1, 1]);
    expect(others.map(({ ends }) => ends.length)).toEqual([0, 0]);
  });

  it('ends regardless of the case of the id', () => {
    const streams = createStreams();
    const ofUser = open(streams, { userId: 'Alice' });
    const ofOrg = open(streams, { userId: 'bob', orgIds: new Set(['Acme']) });
    jest.advanceTimersByTime(1);
    send('user.disabled', { user_id: 'ALICE' });
    send('org.deleted', { org_id: 'ACME' });
    expect([ofUser, ofOrg].map(({ ends }) => ends.length)).toEqual([1, 1]);
    expect(countOf(streams)).toBe(0);
  });

  it('ends at an event that does not name the user', () => {
    const streams = createStreams();
    const opened = [open(streams), open(streams, { userId: undefined })];
    jest.advanceTimersByTime(1);
    send('user.disabled', {});
    expect(opened.map(({ ends }) => ends.length)).toEqual([1, 1]);
  });

  it('ends at a gap if nothing else would end it, because the event may be lost', () => {
    const streams = createStreams();
    const ofApiKey = open(streams);
    const ofToken = open(streams, { validUntil: Date.now() + DAY });
    jest.advanceTimersByTime(1);
    liveAccess.noteGap();
    expect([ofApiKey.ends, ofToken.ends]).toEqual([['access_changed'], []]);
  });

  it('that cannot be closed does not keep others open', () => {
    const streams = createStreams();
    open(streams, {
      end: () => {
        throw new Error('broken');
      },
    });
    const { ends } = open(streams);
    jest.advanceTimersByTime(1);
    expect(() => send('user.disabled')).not.toThrow();
    expect(ends).toEqual(['access_changed']);
    expect(log.of('error')).toEqual([
      expect.stringContaining('A stream could not be ended (access_changed): broken'),
    ]);
  });

  it.each([
    ['', 1_800_000, () => createStreams()],
    [', even without liveAccess', 10, () => createStreams({}, {})],
    [', even after the maximum delay of a single timer', 60 * DAY, () => createStreams()],
  ])('ends when its token expires, and not before%s', (_when, milliseconds, create) => {
    const { ends } = open(create(), { validUntil: Date.now() + milliseconds });
    jest.advanceTimersByTime(milliseconds - 1);
    expect(ends).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(ends).toEqual(['token_expired']);
  });

  it('whose token has already expired ends right after it is added', () => {
    const { ends } = open(createStreams(), { validUntil: Date.now() - 1 });
    expect(ends).toEqual([]);
    jest.advanceTimersByTime(0);
    expect(ends).toEqual(['token_expired']);
  });

  it('outlasts its token without endStreamsAtExpiry, but still ends at a change of access', () => {
    const streams = createStreams({ endStreamsAtExpiry: false });
    const { ends } = open(streams, { validUntil: Date.now() + 10 });
    jest.advanceTimersByTime(DAY);
    expect(ends).toEqual([]);
    send('user.disabled');
    expect(ends).toEqual(['access_changed']);
  });

  it('does not keep the process running', () => {
    const unref = jest.fn();
    const setTimeout = jest
      .spyOn(globalThis, 'setTimeout')
      .mockReturnValue({ unref } as unknown as NodeJS.Timeout);
    open(createStreams(), { validUntil: Date.now() + 10 });
    expect(setTimeout).toHaveBeenCalledTimes(1);
    expect(unref).toHaveBeenCalledTimes(1);
  });

  it('that is closed does not end again, and leaves nothing behind', () => {
    const streams = createStreams();
    const opened = Array.from({ length: 1_000 }, (_, index) =>
      open(streams, { userId: `user-${index % 10}`, validUntil: Date.now() + DAY }),
    );
    expect([countOf(streams), jest.getTimerCount()]).toEqual([1_000, 1_000]);
    for (const { remove } of [...opened, ...opened]) remove();
    expect([countOf(streams), jest.getTimerCount()]).toEqual([0, 0]);
    expect(streams).toHaveProperty('byUser.size', 0);
    send('user.disabled', { user_id: 'user-1' });
    expect(opened.flatMap(({ ends }) => ends)).toEqual([]);
  });

  it('has no timer after the application was closed', () => {
    const streams = createStreams();
    open(streams, { validUntil: Date.now() + DAY });
    streams.onApplicationShutdown();
    expect([countOf(streams), jest.getTimerCount()]).toEqual([0, 0]);
  });
});

describe('A stream that is opened while access changes', () => {
  it.each<[string, object]>([
    ['user.role_changed_within_org', { user_id: 'alice' }],
    ['org.deleted', { org_id: 'acme' }],
    ['user.disabled', {}],
  ])('ends at once if %s came after its decision began', (event, fields) => {
    const streams = createStreams();
    const decidedSince = streams.now;
    jest.advanceTimersByTime(20_000);
    send(event, fields);
    jest.advanceTimersByTime(20_000);
    const { ends } = open(streams, { decidedSince, orgIds: new Set(['acme']) });
    jest.advanceTimersByTime(0);
    expect(ends).toEqual(['access_changed']);
  });

  it('ends when an unsettled response that it may rely on is settled', () => {
    const streams = createStreams();
    send('user.role_changed_within_org');
    jest.advanceTimersByTime(1_000);
    const [own, other] = [open(streams), open(streams, { userId: 'bob' })];
    jest.advanceTimersByTime(999);
    expect(own.ends).toEqual([]);
    jest.advanceTimersByTime(1);
    expect([own.ends, other.ends]).toEqual([['access_changed'], []]);
    const later = open(streams);
    jest.advanceTimersByTime(DAY);
    expect(later.ends).toEqual([]);
  });
});
