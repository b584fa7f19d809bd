import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type {
  AccessChanges,
  AccessChangesFollower,
  AccessChangesListener,
} from 'nestjs-propelauth/live-access';
import { GLOBEX_ID } from '../support/project.js';
import { onlyFakeTimeouts, until } from '../support/fake-timers.js';
import { DerivedSecret } from '../../lib/values/derived-secret.js';
import { ChangeEntries } from '../../lib/live-access/change-entries.js';
import {
  ACME_ID,
  alice,
  bob,
  handled,
  HOUR,
  Instance,
  issuer,
  NOW,
  startInstances,
  TestPropelAuth,
  zoe,
} from './instances.js';

/** Keeps entries in this process, and tells of them at once, unless it is told otherwise. */
class MemoryChanges implements AccessChanges {
  readonly entries: string[] = [];
  readonly listeners: AccessChangesListener[] = [];
  closed = 0;
  publish = async (entry: string): Promise<void> => {
    this.entries.push(entry);
    this.tell(entry);
  };

  follow(listener: AccessChangesListener): AccessChangesFollower {
    this.listeners.push(listener);
    for (const entry of this.entries) listener.onChange(entry);
    listener.onGap();
    return { close: () => this.closed++ };
  }

  tell(entry: string): void {
    for (const { onChange } of this.listeners) onChange(entry);
  }

  /** Tells of a change as an instance would whose clock says something else, or that is of another version. */
  tellOf(event: { event_type: string }, knownAt = Date.now() / 1000, secrets = SECRETS): void {
    this.tell(entryAbout(event, knownAt, secrets));
  }
}

const PAGE = readFileSync('docs/live-access-instances.md', 'utf8');
const SECRETS = [issuer.webhookSecret];

/** An entry that an instance makes. */
function entryAbout(event: { event_type: string }, knownAt: number, secrets = SECRETS): string {
  return new ChangeEntries(secrets).seal({ id: randomUUID(), event, knownAt });
}

const OTHER_SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
const disabled = { event_type: 'user.disabled', user_id: issuer.userId(alice) };

let propelAuth: TestPropelAuth;
let changes: MemoryChanges;
let one: Instance;
let other: Instance;
let aliceToken: string;

beforeEach(async () => {
  handled.length = 0;
  propelAuth = await TestPropelAuth.start();
  changes = new MemoryChanges();
  ({ one, other, aliceToken } = await startInstances(() => changes));
});

/** Lets calls be decided without an answer of PropelAuth: then a status tells whether there is an event, or only a doubt. */
const statusWithoutPropelAuth = () => {
  propelAuth.goAway();
  return other.call('/me', aliceToken);
};

async function loseEvent(): Promise<void> {
  const { publish } = changes;
  changes.publish = () => Promise.reject(new Error('full'));
  expect(await one.send('user.disabled', bob)).toBe(503);
  changes.publish = publish;
}

describe('Instances that share changes of access', () => {
  it('apply an event that another has received', async () => {
    expect(await one.send('user.disabled', alice)).toBe(204);
    expect(await statusWithoutPropelAuth()).toBe(401);
  });

  it('publish only the access data of an event', async () => {
    await one.send('user.updated', alice);
    expect(changes.entries).toEqual([]);
    await one.send('user.removed_from_org', alice, { org_id: ACME_ID });
    const [entry = ''] = changes.entries;
    expect(JSON.parse(entry.slice(entry.indexOf('.') + 1))).toEqual({
      version: 1,
      id: expect.any(String),
      knownAt: NOW / 1000,
      event: {
        event_type: 'user.removed_from_org',
        user_id: issuer.userId(alice),
        org_id: ACME_ID,
      },
    });
  });

  it('return 503 for an event that cannot be published, and call no handlers until it is', async () => {
    const { publish } = changes;
    changes.publish = () => Promise.reject(Object.assign(new Error('pw'), { code: 'ECONN' }));
    expect(await one.send('user.disabled', alice, { messageId: 'msg_1' })).toBe(503);
    // Those who published nothing know nothing; the instance itself knows at once.
    expect(await other.call('/me', aliceToken)).toBe(200);
    expect(await one.call('/me', aliceToken)).toBe(401);
    expect(handled).toEqual([]);
    expect(one.health).toMatchObject({ degraded: true, since: new Date(NOW).toISOString() });
    expect(await one.send('user.updated', alice)).toBe(204);
    changes.publish = publish;
    expect(await one.send('user.disabled', alice, { messageId: 'msg_1' })).toBe(204);
    expect(await statusWithoutPropelAuth()).toBe(401);
    expect(handled).toEqual(['user.updated', 'user.disabled']);
    expect(one.health).toEqual({ status: 'up' });
    expect(other.logger.of('warn')).toEqual([expect.stringContaining('published (ECONN)')]);
    expect(other.logger.text).not.toContain('pw');
  });

  it.each<[string, () => unknown]>([
    ['another publishes a change', () => other.send('user.enabled', bob)],
    ['changes are followed again', () => changes.listeners[0]!.onGap()],
  ])('publish pending changes when %s, and are no longer degraded', async (_when, recover) => {
    const { publish } = changes;
    changes.publish = () => Promise.reject(new Error('Out of memory'));
    expect(await one.send('user.disabled', alice)).toBe(503);
    changes.tell('forged');
    changes.tellOf({ event_type: 'user.enabled' });
    await new Promise(setImmediate); // it was tried again, and failed
    expect(one.health).toMatchObject({ degraded: true });
    changes.publish = publish;
    await recover();
    await until(() => one.health.degraded !== true);
    expect(changes.entries.filter((entry) => entry.includes('user.disabled'))).toHaveLength(1);
    expect(await statusWithoutPropelAuth()).toBe(401);
  });

  it('wait three seconds for an event to be published', async () => {
    let isAsked = false;
    changes.publish = () => {
      isAsked = true;
      return new Promise(() => {});
    };
    onlyFakeTimeouts();
    const status = one.send('user.disabled', alice);
    await until(() => isAsked);
    jest.advanceTimersByTime(3_000);
    expect(await status).toBe(503);
  });

  it('check users with older tokens after a gap, but no others', async () => {
    expect(await other.call('/me', aliceToken)).toBe(200);
    expect(propelAuth.questions).toBe(0);
    changes.listeners[1]!.onGap();
    expect(await other.call('/me', aliceToken)).toBe(200);
    expect(propelAuth.questions).toBe(1);
    jest.setSystemTime(NOW + 63_000);
    expect(await other.call('/me', await issuer.accessToken(bob))).toBe(200);
    expect(propelAuth.questions).toBe(1);
    // Without PropelAuth, they are believed.
    changes.listeners[1]!.onGap();
    expect(await statusWithoutPropelAuth()).toBe(200);
  });

  it('ask about users without a change while they cannot read the log, and believe their tokens without an answer', async () => {
    changes.listeners[1]!.onFailure(new Error('gone'));
    expect(await other.call('/me', await issuer.accessToken(bob))).toBe(200);
    expect(propelAuth.questions).toBe(1);
    await propelAuth.api.disableUser(issuer.userId(alice));
    expect(await other.call('/me', aliceToken)).toBe(401);
    expect(await one.call('/me', aliceToken)).toBe(200);
    propelAuth.goAway();
    expect(await other.call('/me', await issuer.accessToken(zoe))).toBe(200);
    changes.listeners[1]!.onCurrent();
    expect(other.health).toEqual({ status: 'up' });
  });

  it.each<[string, () => Promise<unknown>, number]>([
    ['nothing while another shows that no change is missing', async () => {}, 0],
    ['about older tokens after an event got 503', loseEvent, 1],
  ])('ask %s at their start', async (_what, prepare, questions) => {
    await prepare();
    changes.listeners[0]!.onCurrent();
    await until(() => changes.entries.some((entry) => entry.includes('"since"')));
    const late = await Instance.start(changes);
    expect(await late.call('/me', aliceToken)).toBe(200);
    expect(propelAuth.questions).toBe(questions);
  });

  it('check users with older tokens once another instance tells that changes may be missing', async () => {
    await loseEvent();
    changes.listeners[0]!.onCurrent();
    await until(() => changes.entries.some((entry) => entry.includes('"isBreak":true')));
    expect(await one.call('/me', aliceToken)).toBe(200);
    expect(propelAuth.questions).toBe(0);
    expect(await other.call('/me', aliceToken)).toBe(200);
    expect(propelAuth.questions).toBe(1);
  });

  it('check users with older tokens if the log does not say that it begins', async () => {
    changes.follow = ({ onCurrent }) => {
      onCurrent();
      return { close: () => undefined };
    };
    const late = await Instance.start(changes);
    expect(await late.call('/me', aliceToken)).toBe(200);
    expect(propelAuth.questions).toBe(1);
  });

  it.each<[string, (listener: AccessChangesListener) => void]>([
    ['after a gap', ({ onGap }) => onGap()],
    ['while they cannot read the log', ({ onFailure }) => onFailure(new Error('gone'))],
  ])('end the stream of an organization that the user has left, %s', async (_when, fail) => {
    const left = await other.openStream(`/orgs/${ACME_ID}/events`, aliceToken);
    const stays = await other.openStream(`/orgs/${GLOBEX_ID}/events`, aliceToken);
    await propelAuth.api.removeUserFromOrg({ orgId: ACME_ID, userId: issuer.userId(alice) });
    fail(changes.listeners[1]!);
    await until(() => left.breaks === 1);
    expect(stays.breaks).toBe(0);
  });

  it('leave streams open while neither the log nor PropelAuth answers', async () => {
    const stream = await other.openStream(`/orgs/${ACME_ID}/events`, aliceToken);
    propelAuth.goAway();
    const { questions } = propelAuth;
    changes.listeners[1]!.onFailure(new Error('gone'));
    await until(() => propelAuth.questions >= questions + 2);
    expect(stream.breaks).toBe(0);
  });

  it('are degraded from the first failure to the next gap, with the last failure, and log one line for each', async () => {
    const { onFailure, onGap } = changes.listeners[1]!;
    onFailure(Object.assign(new Error('redis://:pw@host'), { code: 'ClientClosedError' }));
    jest.setSystemTime(NOW + HOUR);
    onFailure(Object.assign(new Error('redis://:pw@host'), { code: 'WRONGPASS' }));
    expect(other.health).toEqual({
      status: 'up',
      degraded: true,
      reason: 'liveAccess.changes: changes from other instances cannot be read (WRONGPASS)',
      since: new Date(NOW).toISOString(),
    });
    onGap();
    expect(other.health).toEqual({ status: 'up' });
    const [, documented] = /^```text\n(.*)\n```$/m.exec(PAGE) ?? [];
    expect(other.logger.of('warn')).toEqual([`${documented} PropelAuth`]);
    expect(other.logger.of('log').filter((line) => /are read again/.test(line))).toHaveLength(1);
    expect(other.logger.text).not.toContain('pw');
  });

  it('wait at most two seconds for stored changes at startup', async () => {
    changes.follow = () => ({ close: () => undefined });
    onlyFakeTimeouts();
    let late: Instance | undefined;
    void Instance.start(changes).then((instance) => (late = instance));
    await until(() => {
      jest.advanceTimersByTime(100);
      return late !== undefined;
    });
    expect(late!.health).toMatchObject({ status: 'up', degraded: true });
  });

  it('stop following changes on shutdown', async () => {
    await one.close();
    expect(changes.closed).toBe(1);
  });
});

/** An entry of another version. */
const signed = (json: string) =>
  `${new DerivedSecret(issuer.webhookSecret, 'entry of a change of access').macOf(json)}.${json}`;

describe('An entry', () => {
  it.each<[string, string[], string[]]>([
    ['the same secret', SECRETS, SECRETS],
    ['a new secret in the first place', [OTHER_SECRET, ...SECRETS], SECRETS],
    ['a new secret in the last place', [...SECRETS, OTHER_SECRET], [OTHER_SECRET]],
    ['a secret that is only accepted, not used yet', SECRETS, [OTHER_SECRET, ...SECRETS]],
  ])('is accepted by an instance with %s', async (_what, signedWith, secret) => {
    const instance = await Instance.start(changes, { webhooks: { secret, path: '/webhooks' } });
    changes.tellOf(disabled, undefined, signedWith);
    propelAuth.goAway();
    expect(await instance.call('/me', aliceToken)).toBe(401);
  });

  it.each<[string, (entry: string) => unknown]>([
    ['signed with another secret', () => entryAbout(disabled, 0, [OTHER_SECRET])],
    ['that was changed', (entry) => entry.replace('disabled', 'deleted')],
    ['without a code', (entry) => entry.slice(entry.indexOf('.') + 1)],
    ['with an empty code', (entry) => entry.slice(entry.indexOf('.'))],
    ['that is empty', () => ''],
    ['that is not a string', () => ({ toString: () => 'x' })],
    ['that is too long', () => signed(' '.repeat(4_096))],
  ])('%s is ignored, with one line in the log', async (_what, forge) => {
    const entry = entryAbout(disabled, NOW / 1000);
    for (let count = 0; count < 3; count++) changes.tell(forge(entry) as string);
    expect(await other.call('/me', aliceToken)).toBe(200);
    expect(propelAuth.questions).toBe(0);
    expect(other.logger.of('error').length).toBeLessThanOrEqual(2);
    expect(other.logger.text).toMatch(/no instance .* signed, so it is ignored/);
  });

  it.each<[string, () => void]>([
    ['that knows more events', () => changes.tellOf({ event_type: 'user.demoted' })],
    ['that has another format', () => changes.tell(signed('{"version":2}'))],
    ['that is empty', () => changes.tell(signed('null'))],
  ])('of a version %s makes instances check all users with older tokens', async (_what, tell) => {
    tell();
    expect(await other.call('/me', aliceToken)).toBe(200);
    expect(propelAuth.questions).toBe(1);
  });

  it('about an event that PropelAuth sent again, to any instance, changes nothing', async () => {
    const entries = new ChangeEntries(SECRETS);
    const tell = (knownAt: number) =>
      changes.tell(entries.seal({ id: 'msg_1', event: disabled, knownAt }));
    tell(NOW / 1000);
    const start = performance.now();
    jest.spyOn(performance, 'now').mockImplementation(() => start + 3_000);
    tell(NOW / 1000 + 3);
    expect(await other.call('/me', aliceToken)).toBe(200);
    expect(await one.send('user.disabled', alice, { messageId: 'msg_1' })).toBe(204);
    expect(await one.call('/me', aliceToken)).toBe(200);
  });

  it('that is delivered again changes nothing', async () => {
    changes.tellOf(disabled);
    const entry = entryAbout(disabled, NOW / 1000);
    changes.tell(entry);
    const start = performance.now();
    jest.spyOn(performance, 'now').mockImplementation(() => start + 3_000);
    expect(await other.call('/me', aliceToken)).toBe(200);
    changes.tell(entry);
    expect(await other.call('/me', aliceToken)).toBe(200);
    expect(propelAuth.questions).toBe(1);
  });

  it('from an instance with a fast clock does not affect newer tokens', async () => {
    changes.tellOf(disabled, NOW / 1000 + 3_600);
    jest.setSystemTime(NOW + 63_000);
    expect(await other.call('/me', aliceToken)).toBe(401);
    expect(await other.call('/me', await issuer.accessToken(alice))).toBe(200);
    expect(propelAuth.questions).toBe(0);
  });

  it('applies from the time its change was known, not the time it is read', async () => {
    changes.tellOf(disabled, NOW / 1000 - 63);
    expect(await statusWithoutPropelAuth()).toBe(200);
    jest.setSystemTime(NOW - 120_000);
    const older = await issuer.accessToken(alice);
    jest.setSystemTime(NOW);
    expect(await other.call('/me', older)).toBe(401);
  });

  it('that is older than every token is ignored', async () => {
    changes.listeners[1]!.onGap();
    changes.tellOf(disabled, NOW / 1000 - 3_723);
    expect(await other.call('/me', aliceToken)).toBe(200);
    changes.tellOf(disabled, NOW / 1000 - 3_721);
    expect(await other.call('/me', aliceToken)).toBe(401);
  });

  it('has at most 4,096 characters, for any event', async () => {
    const long = '\u0001'.repeat(1_000);
    const event = {
      event_type: 'user.removed_from_org',
      user_id: long,
      org_id: '\u0001'.repeat(128),
    };
    const secrets = Array.from({ length: 20 }, () => OTHER_SECRET);
    const entry = entryAbout(event, NOW / 1000, secrets);
    expect(entry.length).toBeLessThanOrEqual(4_096);
    expect(new ChangeEntries(secrets).open(entry)).toMatchObject({
      event: { org_id: event.org_id },
    });
  });
});
