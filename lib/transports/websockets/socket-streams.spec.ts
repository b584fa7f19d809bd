import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { registerCleanup } from '../../../test/support/clean-up.js';
import { API_KEY, AUTH_URL } from '../../../test/support/project.js';
import { countOf } from '../../../test/support/open-streams.js';
import { LIMITS } from '../../live-access/limits.js';
import { LiveAccess } from '../../live-access/live-access.js';
import { ResolvedOptions } from '../../options/resolved-options.js';
import { OpenStreams, type StreamAccess } from '../open-streams.js';
import { endSocketWithAccess } from './socket-streams.js';

/** As much of a client of `ws` as the package sees. */
class Client extends EventEmitter {
  readyState = 1;
  closed: number | undefined;

  send(): void {}

  close(code: number): void {
    this.closed = code;
    this.leave();
  }

  leave(): void {
    this.readyState = 3;
    this.emit('close');
  }
}

let liveAccess: LiveAccess;
let streams: OpenStreams;
let client: Client;

beforeEach(() => {
  const options = new ResolvedOptions({ authUrl: AUTH_URL, apiKey: API_KEY });
  liveAccess = new LiveAccess({} as never, { ...LIMITS, toleranceSeconds: 10 });
  streams = new OpenStreams(options, { access: liveAccess });
  registerCleanup(() => streams.onApplicationShutdown());
  client = new Client();
});

/** Lets a message in. */
function allow(
  about: Partial<StreamAccess> & { orgId?: string } = {},
  ofApplication = streams,
): void {
  const access = {
    userId: 'alice',
    orgIds: new Set(about.orgId === undefined ? [] : [about.orgId]),
    validUntil: Date.now() + 1_800_000,
    decidedSince: streams.now,
    ...about,
  };
  endSocketWithAccess(client, access, {
    streams: ofApplication,
    debugMode: false,
    errorCodes: true,
  });
}

function deleteOrg(org_id: string): void {
  liveAccess.apply(randomUUID(), { event_type: 'org.deleted', org_id }, Date.now() / 1000);
}

describe('A connection that messages are sent over', () => {
  it('is one stream for any number of messages and organizations', () => {
    for (const orgId of [undefined, 'acme', 'globex', 'acme']) allow({ orgId });
    expect([countOf(streams), client.listenerCount('close')]).toEqual([1, 1]);
    deleteOrg('acme');
    expect(client.closed).toBe(4403);
  });

  it('tracks 100 organizations, and beyond that closes when any organization is deleted', () => {
    for (let index = 0; index < 100; index++) allow({ orgId: `org-${index}` });
    deleteOrg('other');
    expect(client.closed).toBeUndefined();
    allow({ orgId: 'org-100' });
    expect(countOf(streams)).toBe(1);
    deleteOrg('another');
    expect(client.closed).toBe(4403);
  });

  it('is a stream of each user who sends messages over it', () => {
    allow();
    allow({ userId: 'bob' });
    expect(countOf(streams)).toBe(2);
    liveAccess.apply(
      randomUUID(),
      { event_type: 'user.disabled', user_id: 'bob' },
      Date.now() / 1000,
    );
    expect([client.closed, countOf(streams)]).toEqual([4403, 0]);
  });

  it('is a stream of each application that receives its messages', () => {
    const options = new ResolvedOptions({ authUrl: AUTH_URL, apiKey: API_KEY });
    const ofOther = new OpenStreams(options, { access: liveAccess });
    registerCleanup(() => ofOther.onApplicationShutdown());
    allow();
    allow({}, ofOther);
    expect([countOf(streams), countOf(ofOther)]).toEqual([1, 1]);
  });

  it('is no longer a stream after it closes, and never one if it closed before', () => {
    allow({ orgId: 'acme' });
    client.leave();
    expect(countOf(streams)).toBe(0);
    allow({ orgId: 'globex' });
    expect(countOf(streams)).toBe(0);
  });
});
