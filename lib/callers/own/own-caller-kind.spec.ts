import { OrgMemberInfo } from '@propelauth/node-apis';
import { ForbiddenException, InternalServerErrorException, Logger } from '@nestjs/common';
import { fake } from '../../../test/support/fake.js';
import { onlyFakeTimeouts, stopClock } from '../../../test/support/fake-timers.js';
import { RecordingLogger } from '../../../test/support/recording-logger.js';
import type { CallerKind, CallerMembership } from '../../options/caller-kind.interface.js';
import { DeadlineError } from '../../propelauth/backend/deadline.js';
import type { Call } from '../../transports/call.js';
import type { CurrentAccessOfOwnCallers } from './current-access-of-own-callers.js';
import { OwnCallerKind } from './own-caller-kind.js';

const logger = new RecordingLogger();
beforeAll(() => Logger.overrideLogger(logger));
beforeEach(() => void logger.lines.splice(0));

/** A kind that answers when the test says so. */
function slowKind() {
  const waiting: (() => void)[] = [];
  const kind = new OwnCallerKind(
    fake<CallerKind>({
      name: 'service',
      identify: () => new Promise((resolve) => waiting.push(() => resolve({}))),
    }),
    [{ header: 'x-service-token' }],
  );
  return { kind, waiting };
}

const callFrom = (address: string, identificationLifetime?: object): Call =>
  fake<Call>({ address, identificationLifetime });

const reasonOf = (asked: Promise<unknown>) =>
  asked.then(
    () => 'let in',
    (error: { reason?: string }) => error.reason,
  );

describe('A kind of callers of the application', () => {
  it('is asked about 50 credentials at a time; a further one gets its turn, or 503 after 2 s', async () => {
    onlyFakeTimeouts();
    const { kind, waiting } = slowKind();
    const asked = Array.from({ length: 52 }, (_, index) =>
      reasonOf(kind.identify(`guess ${index}`, callFrom('192.0.2.1'))),
    );
    await Promise.resolve();
    expect(waiting).toHaveLength(50);
    waiting[0]!();
    expect(await asked[0]).toBe('let in');
    expect(waiting).toHaveLength(51);
    jest.advanceTimersByTime(2_000);
    expect(await asked[51]).toBe('credential_unavailable');
    const oneMore = kind.identify('one more', callFrom('192.0.2.1'));
    jest.advanceTimersByTime(2_000);
    await expect(oneMore).rejects.toMatchObject({
      detail: 'Too many credentials are waiting to be checked',
    });
  });

  it('gets turns for credentials that were valid in the last hour beside many others', async () => {
    stopClock(0);
    const { kind, waiting } = slowKind();
    const identify = (text: string, address: string) =>
      reasonOf(kind.identify(text, callFrom(address)));
    const valid = identify('valid', '192.0.2.1');
    waiting[0]!();
    await valid;
    jest.setSystemTime(59 * 60 * 1000);
    for (let index = 0; index < 500; index++) void identify(`junk ${index}`, `192.0.3.${index}`);
    const again = identify('valid', '192.0.2.1');
    await Promise.resolve();
    waiting[1]!();
    await new Promise(setImmediate);
    waiting.at(-1)!();
    expect(await again).toBe('let in');
  });

  it('is asked about credentials as long as access tokens may be, and no longer ones', async () => {
    const { kind, waiting } = slowKind();
    const identify = (length: number) =>
      reasonOf(kind.identify('a'.repeat(length), callFrom('192.0.2.1')));
    expect(await identify(16_385)).toBe('credential_invalid');
    void identify(16_384);
    await Promise.resolve();
    expect(waiting).toHaveLength(1);
  });

  const plan = { plan: { name: 'pro' } };
  const ofPackage = () =>
    new OrgMemberInfo('acme', 'Acme', plan, 'acme', 'Admin', ['Admin'], ['read']);

  it.each<[string, () => CallerMembership]>([
    ['parts', () => ({ orgId: 'acme', role: 'Admin', permissions: ['read'] })],
    ['an OrgMemberInfo', ofPackage],
  ])('has memberships that nobody can change, from %s that stay as they are', async (_, given) => {
    const membership = given();
    const kind = new OwnCallerKind(
      fake<CallerKind>({ name: 'service', memberships: () => [membership] }),
      [],
    );
    const { acme } = await kind.membershipsOf!({}, callFrom('192.0.2.1'));
    expect(acme).toBeInstanceOf(OrgMemberInfo);
    const values = [acme!, acme!.userPermissions, acme!.userInheritedRolesPlusCurrentRole];
    for (const value of [...values, acme!.orgMetadata, ...Object.values(acme!.orgMetadata)]) {
      expect(Object.isFrozen(value)).toBe(true);
    }
    expect(acme!.isRole('Admin')).toBe(true);
    expect(membership).toEqual(given());
    expect(Object.isFrozen(membership)).toBe(false);
  });

  it('is asked again for a scope that lasts: a library may use the objects of a message again', async () => {
    const now = jest.spyOn(performance, 'now').mockReturnValue(0);
    const { kind, waiting } = slowKind();
    const message = {};
    for (const milliseconds of [0, 9_999, 10_000, 19_999, 20_000]) {
      now.mockReturnValue(milliseconds);
      void reasonOf(kind.identify('one', callFrom('192.0.2.1', message)));
    }
    now.mockRestore();
    await Promise.resolve();
    expect(waiting).toHaveLength(3);
  });

  it('that does not recall a caller within a second leaves the rate limit to the address', async () => {
    onlyFakeTimeouts();
    const own = fake<CallerKind>({ name: 'service', recall: () => new Promise<never>(() => {}) });
    const recalled = new OwnCallerKind(own, []).recall('one');
    jest.advanceTimersByTime(1_000);
    await expect(recalled).rejects.toBeInstanceOf(DeadlineError);
  });

  it.each<[string, unknown, string]>([
    ['a UUID', '31c41c16-c281-44ae-9602-8a047e3bf33d', 'asked'],
    ['undefined', undefined, 'not asked'],
    ['null, as of an empty column', null, 'not asked'],
    ['a UUID without dashes', '31c41c16c28144ae96028a047e3bf33d', 'broken'],
    ['a UUID and more', '31c41c16-c281-44ae-9602-8a047e3bf33d0', 'broken'],
    ['a UUID with a space', ' 31c41c16-c281-44ae-9602-8a047e3bf33d', 'broken'],
    ['a promise', Promise.resolve('7'), 'broken'],
  ])(
    'has a user whose access is checked under liveAccess() if userId() returns %s: %#',
    async (_what, userId, outcome) => {
      let asked = 'not asked';
      const currentAccess = fake<CurrentAccessOfOwnCallers>({
        assertEnabled: async () => void (asked = 'asked'),
      });
      const own = fake<CallerKind>({ name: 'service', userId: () => userId as string });
      const kind = new OwnCallerKind(own, [], currentAccess);
      await kind.refresh!({}).catch((error: unknown) => {
        asked = error instanceof InternalServerErrorException ? 'broken' : String(error);
      });
      expect(asked).toBe(outcome);
    },
  );

  it('is asked once for an operation, and again for another credential of it', async () => {
    const { kind, waiting } = slowKind();
    const operation = {};
    void reasonOf(kind.identify('one', callFrom('192.0.2.1', operation)));
    void reasonOf(kind.identify('one', callFrom('192.0.2.1', operation)));
    void reasonOf(kind.identify('two', callFrom('192.0.2.1', operation)));
    void reasonOf(kind.identify('one', callFrom('192.0.2.1', {})));
    await Promise.resolve();
    expect(waiting).toHaveLength(3);
  });
});

/** A kind whose functions return what the test says, and which is under liveAccess(). */
function kindOf(functions: Partial<Record<keyof CallerKind, unknown>>) {
  const currentAccess = fake<CurrentAccessOfOwnCallers>({});
  const own = { name: 'service', key: () => undefined, ...functions } as unknown as CallerKind;
  return new OwnCallerKind(own, [], currentAccess);
}

type Asked = (kind: OwnCallerKind) => unknown;

const call = callFrom('192.0.2.1');
const identify: Asked = (kind) => kind.identify('text', call);
const key: Asked = (kind) => kind.keyOf({});
const access: Asked = (kind) => kind.accessOf({});
const describeIt: Asked = (kind) => kind.describe({});
const memberships: Asked = (kind) => kind.membershipsOf!({}, call);
const scopes: Asked = (kind) => kind.scopesOf!({});
const metadata: Asked = (kind) => kind.metadataOf!({});
const impersonator: Asked = (kind) => kind.impersonatorOf!({});
const refresh: Asked = (kind) => kind.refresh!({});

describe('What a kind of callers of the application does wrong', () => {
  const user = { userId: () => '31c41c16-c281-44ae-9602-8a047e3bf33d' };

  type WrongValue = [name: string, value: unknown, ask: Asked, expected: string];

  it.each<WrongValue>([
    ...[true, false, 'billing', '', 1, () => {}].map((value): WrongValue => [
      'identify',
      value,
      identify,
      'an object that describes the caller, or undefined for a credential that is not valid',
    ]),
    [
      'memberships',
      'acme',
      memberships,
      'a list with one { orgId, role } for each organization of the caller',
    ],
    ['scopes', 'read', scopes, 'a list of strings'],
    ['scopes', ['read', 1], scopes, 'a list of strings'],
    ['scopes', undefined, scopes, 'a list of strings'],
    ['scopes', Promise.resolve(['read']), scopes, 'a list of strings'],
    ['metadata', 'eu', metadata, 'an object, or undefined'],
    ['metadata', [{ region: 'eu' }], metadata, 'an object, or undefined'],
    ['metadata', null, metadata, 'an object, or undefined'],
    ['expiresAt', 'tomorrow', access, 'a Date, or undefined'],
    ['expiresAt', new Date(Number.NaN), access, 'a Date, or undefined'],
    ['issuedAt', 1_700_000_000, refresh, 'a Date, or undefined'],
    ['userId', 7, describeIt, 'the id of a PropelAuth user, or undefined'],
    ['userId', '', describeIt, 'the id of a PropelAuth user, or undefined'],
    ['userId', 'alice', describeIt, 'the UUID of a PropelAuth user, which liveAccess() needs'],
    ['activeOrgId', ['acme'], describeIt, 'the id of an organization, or undefined'],
    ['activeOrgId', '', describeIt, 'the id of an organization, or undefined'],
  ])('is logged with what it should have done: %s() returns %j', async (name, value, ask, rest) => {
    const kind = kindOf({ ...user, [name]: () => value });
    await expect(async () => ask(kind)).rejects.toBeInstanceOf(InternalServerErrorException);
    const expected = `${name}() of the kind of callers 'service' did not return ${rest}. The calls`;
    expect(logger.of('error')).toEqual([expect.stringContaining(expected)]);
  });

  it.each<[keyof CallerKind, Asked]>([
    ['identify', identify],
    ['key', key],
    ['memberships', memberships],
    ['scopes', scopes],
    ['metadata', metadata],
    ['impersonator', impersonator],
    ['expiresAt', access],
    ['userId', access],
    ['activeOrgId', describeIt],
    ['issuedAt', refresh],
  ])('is logged once, without what was thrown: %s() throws', async (name, ask) => {
    const throws = (error: unknown) => {
      const fails = () => {
        throw error;
      };
      return kindOf({ ...user, [name]: fails });
    };
    const kind = throws(new Error('no caller for SECRET'));
    for (let time = 0; time < 2; time++) {
      await expect(async () => ask(kind)).rejects.toMatchObject({
        status: 500,
        response: { message: 'Internal server error' },
      });
    }
    expect(logger.of('error')).toEqual([
      expect.stringContaining(`${name}() of the kind of callers 'service' failed. The calls get`),
    ]);
    expect(logger.text).not.toContain('SECRET');
    const thrown = new ForbiddenException();
    await expect(async () => ask(throws(thrown))).rejects.toBe(thrown);
  });

  it.each<[keyof CallerKind, Asked]>([
    ['identify', identify],
    ['memberships', memberships],
  ])('is the reason in debugMode: %s() takes more than 10 s', async (name, ask) => {
    onlyFakeTimeouts();
    const asked = Promise.resolve(ask(kindOf({ [name]: () => new Promise<never>(() => {}) })));
    await Promise.resolve();
    jest.advanceTimersByTime(10_000);
    await expect(asked).rejects.toMatchObject({
      reason: 'credential_unavailable',
      detail: `${name}() of the kind 'service' took more than 10 s`,
    });
  });
});

describe('What a kind of callers of the application leaves out or says wrongly', () => {
  it.each(['tomorrow', new Date(Number.NaN)])(
    'is no expiry: %s lets nobody in',
    async (returned) => {
      const kind = kindOf({ identify: () => ({}), expiresAt: () => returned });
      await expect(identify(kind)).rejects.toBeInstanceOf(InternalServerErrorException);
    },
  );

  it.each([undefined, null])('is no caller where identify() returns %j', async (returned) => {
    const kind = kindOf({ identify: () => returned });
    await expect(identify(kind)).rejects.toMatchObject({ reason: 'credential_invalid' });
    expect(logger.lines).toEqual([]);
  });

  it('is not known of its callers, and no rule about it can be met', () => {
    const kind = kindOf({});
    expect(kind.describe({})).toStrictEqual({ identity: {} });
    expect(kind.accessOf({})).toEqual({
      userId: undefined,
      orgId: undefined,
      validUntil: undefined,
    });
    const { membershipsOf, scopesOf, metadataOf, impersonatorOf, refresh: refreshed } = kind;
    for (const left of [membershipsOf, scopesOf, metadataOf, impersonatorOf, refreshed]) {
      expect(left).toBeUndefined();
    }
  });

  it.each([undefined, null, '', 7])('has no key where key() returns %j', (returned) => {
    expect(kindOf({ key: () => returned }).keyOf({})).toBeUndefined();
    expect(kindOf({ key: () => 'billing' }).keyOf({})).toBe('billing');
  });

  it.each([undefined, null])('has no user and no organization where it says %j', (returned) => {
    const kind = kindOf({ userId: () => returned, activeOrgId: () => returned });
    expect(kind.describe({})).toStrictEqual({ identity: {} });
  });

  it('does not hide the user and the organization that it names', () => {
    const userId = '31c41c16-c281-44ae-9602-8a047e3bf33d';
    const kind = kindOf({ userId: () => userId, activeOrgId: () => 'acme' });
    expect(kind.describe({})).toEqual({ userId, orgId: 'acme', identity: {} });
  });

  it('has metadata only where metadata() has some', () => {
    expect(metadata(kindOf({ metadata: () => undefined }))).toBeUndefined();
    expect(metadata(kindOf({ metadata: () => ({ region: 'eu' }) }))).toEqual({ region: 'eu' });
  });
});

describe('A credential of a kind of the application', () => {
  const now = Date.now();

  it.each([
    [-1, 'The credential has expired'],
    [0, 'The credential has expired'],
    [1, undefined],
  ])('is valid until its expiry: it ends in %d ms', async (milliseconds, detail) => {
    stopClock(now);
    const caller = {};
    const kind = kindOf({
      identify: () => caller,
      recall: () => caller,
      expiresAt: () => new Date(now + milliseconds),
    });
    const outcome = await Promise.resolve(identify(kind)).catch((error: unknown) => error);
    expect((outcome as { detail?: string }).detail).toBe(detail);
    expect(await kind.recall('text')).toBe(detail === undefined ? caller : undefined);
  });

  it.each<[string, unknown, string]>([
    ['nobody', undefined, 'a'],
    ['null', null, 'a'],
    ['a text', 'alice', 'a'],
    ['a caller, of a text that is too long', {}, 'a'.repeat(16_385)],
  ])('is recalled by nobody where recall() returns %s', async (_what, returned, text) => {
    expect(await kindOf({ recall: () => returned }).recall(text)).toBeUndefined();
    expect(await kindOf({}).recall(text)).toBeUndefined();
  });

  it('is recalled as long as access tokens may be', async () => {
    const caller = {};
    expect(await kindOf({ recall: () => caller }).recall('a'.repeat(16_384))).toBe(caller);
  });
});

describe('The memberships of a caller of the application', () => {
  const listed = { memberships: () => [{ orgId: 'acme', role: 'Member' }] };
  const userId = '31c41c16-c281-44ae-9602-8a047e3bf33d';
  const currentAccess = fake<CurrentAccessOfOwnCallers>({ withoutLeftOrgs: async () => ({}) });

  it.each<[string, object, CurrentAccessOfOwnCallers | undefined, string[]]>([
    ['are those that are left, under liveAccess()', { userId: () => userId }, currentAccess, []],
    ['are all, where the caller has no user', { userId: () => undefined }, currentAccess, ['acme']],
    ['are all, where the kind has no users', {}, currentAccess, ['acme']],
    ['are all, without liveAccess()', { userId: () => 'alice' }, undefined, ['acme']],
  ])('%s', async (_what, functions, ofUsers, orgIds) => {
    const own = { name: 'service', ...listed, ...functions } as unknown as CallerKind;
    const kind = new OwnCallerKind(own, [], ofUsers);
    expect(Object.keys(await kind.membershipsOf!({}, callFrom('192.0.2.1')))).toEqual(orgIds);
  });

  it('need no check of the user on each call without liveAccess()', () => {
    const own = fake<CallerKind>({ name: 'service', userId: () => 'alice' });
    const kind = new OwnCallerKind(own, []);
    expect(kind).not.toHaveProperty('refresh', expect.anything());
    expect(kind.describe({})).toMatchObject({ userId: 'alice' });
  });
});

it('The rejections of a kind of the application are in the documents of each handler that accepts it', () => {
  const { missing, reasons } = kindOf({});
  expect([missing, ...reasons]).toEqual([
    'credential_missing',
    'credential_invalid',
    'credential_unavailable',
  ]);
});
