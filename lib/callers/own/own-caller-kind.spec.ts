import { OrgMemberInfo } from '@propelauth/node-apis';
import { InternalServerErrorException } from '@nestjs/common';
import { fake } from '../../../test/support/fake.js';
import { onlyFakeTimeouts } from '../../../test/support/fake-timers.js';
import type { CallerKind, CallerMembership } from '../../options/caller-kind.interface.js';
import { DeadlineError } from '../../propelauth/backend/deadline.js';
import type { Call } from '../../transports/call.js';
import type { CurrentAccessOfOwnCallers } from './current-access-of-own-callers.js';
import { OwnCallerKind } from './own-caller-kind.js';

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
  });

  it('gets turns for credentials that were valid lately beside many others', async () => {
    const { kind, waiting } = slowKind();
    const identify = (text: string, address: string) =>
      reasonOf(kind.identify(text, callFrom(address)));
    const valid = identify('valid', '192.0.2.1');
    waiting[0]!();
    await valid;
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

  it.each<[string, () => CallerMembership]>([
    ['parts', () => ({ orgId: 'acme', role: 'Admin', permissions: ['read'] })],
    [
      'an OrgMemberInfo',
      () =>
        new OrgMemberInfo(
          'acme',
          'Acme',
          { plan: { name: 'pro' } },
          'acme',
          'Admin',
          ['Admin'],
          ['read'],
        ),
    ],
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
    ['a UUID with a space', ' 31c41c16-c281-44ae-9602-8a047e3bf33d', 'broken'],
    ['an id of another system', 'user-alice', 'broken'],
    ['an empty text', '', 'broken'],
    ['a number', 7, 'broken'],
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
