import type { ModuleRef } from '@nestjs/core';
import type { OrgMemberInfo } from '@propelauth/node-apis';
import { fake } from '../../../test/support/fake.js';
import { KnownCaller, type Identified } from '../../decision/decision.js';
import type { AccountLoader } from '../../options/account-loader.interface.js';
import type { Caller } from '../../types/caller.js';
import { CallerAccounts } from './caller-accounts.js';

class Loader implements AccountLoader {
  readonly loaded: (Caller | OrgMemberInfo | null)[][] = [];

  async load(...given: [Caller, OrgMemberInfo | null]) {
    this.loaded.push(given);
    return { of: given };
  }
}

const service = (rights: string) => ({ kind: 'service', identity: { rights: new Set([rights]) } });

const aliceAsCaller = () => fake<Caller>({ kind: 'user', userId: 'alice' });

function setup() {
  const loader = new Loader();
  const accounts = new CallerAccounts(fake<ModuleRef>({ get: () => loader as never }), Loader);
  const load = (caller: object, org: object | null = null) =>
    accounts.of({
      identified: fake<Identified>({ describe: () => caller as Caller }),
      org: org && fake<OrgMemberInfo>(org),
    });
  return { accounts, loader, load };
}

describe('The account of a call', () => {
  it('is loaded once, when it is first asked for', async () => {
    const { accounts, loader } = setup();
    const identified = fake<Identified>({ describe: aliceAsCaller });
    const call = Object.assign(new KnownCaller(), { identified });
    expect(call.account()).toBeNull();
    call.accounts = accounts;
    expect(loader.loaded).toHaveLength(0);
    expect(await call.account()).toBe(await call.account());
    expect(loader.loaded).toHaveLength(1);
  });
});

const accountOf = (returned: unknown) => {
  const loader = Object.assign(new Loader(), { load: () => returned as never });
  const accounts = new CallerAccounts(fake<ModuleRef>({ get: () => loader as never }), Loader);
  return accounts.of({ identified: fake<Identified>({ describe: aliceAsCaller }), org: null });
};

describe('What load() returns', () => {
  it.each([null, undefined])('is no account if it is %p', async (returned) => {
    expect(await accountOf(returned)).toBeNull();
  });

  it('is an account if it can be awaited, and is no promise', async () => {
    // oxlint-disable-next-line unicorn/no-thenable -- as queries of Drizzle and Prisma are
    const query = { then: (use: (row: object) => void) => use({ id: 'row' }) };
    expect(await accountOf(query)).toEqual({ id: 'row' });
  });

  it.each<[unknown, string]>([
    [[{}], 'an array'],
    [[], 'an array'],
    ['alice', 'a string'],
    ['', 'a string'],
    [true, 'a boolean'],
    [() => ({}), 'a function'],
  ])('is an error if it is %j', async (returned, words) => {
    await expect(accountOf(returned)).rejects.toEqual(
      new TypeError(`Loader.load() returned ${words}. Return one account as an object, or null.`),
    );
  });

  it('is asked for in vain without the option account', async () => {
    const accounts = new CallerAccounts(fake<ModuleRef>({}), undefined);
    const identified = fake<Identified>({ describe: aliceAsCaller });
    await expect(async () => accounts.of({ identified, org: null })).rejects.toThrow(
      'An account was asked for, but PropelAuthModule has no option account. Set it to a class with load(caller): PropelAuthModule.forRoot({ ' +
        'account: Accounts, … }).',
    );
  });
});

describe('Concurrent loads', () => {
  const alice = { kind: 'user', userId: 'alice' };
  it.each([
    ['in two organizations', { orgId: 'acme' }, { orgId: 'globex' }],
    ['in an organization and in none', { orgId: 'acme' }, null],
    [
      'whose role has changed',
      { orgId: 'acme', userAssignedRole: 'Admin' },
      { orgId: 'acme', userAssignedRole: 'Owner' },
    ],
  ])('are not one for one caller %s', async (_what, one, other) => {
    const { loader, load } = setup();
    await Promise.all([load(alice, one), load(alice, other)]);
    expect(loader.loaded).toEqual([
      [alice, one],
      [alice, other],
    ]);
  });

  it.each([
    ['another user', { userId: 'bob' }],
    ['an employee who impersonates them', { impersonatorUserId: 'employee' }],
    ['their API key', { kind: 'api-key' }],
    ['other properties', { user: { properties: { plan: 'pro' } } }],
    ['another organization in their token', { user: { activeOrgId: 'acme' } }],
  ])('are not one for a user and %s', async (_who, changes) => {
    const { loader, load } = setup();
    await Promise.all([load(alice), load({ ...alice, ...changes })]);
    expect(loader.loaded).toHaveLength(2);
  });

  it.each<[string, () => unknown]>([
    ['fails', () => Promise.reject(new Error('Duplicate key'))],
    ['finds none', () => null],
  ])('share one that %s, and the next loads again', async (_what, answer) => {
    const { loader, load } = setup();
    const answers = jest.spyOn(loader, 'load').mockImplementation(async () => answer() as never);
    const [one, other] = await Promise.allSettled([load(alice), load({ ...alice })]);
    expect([other, answers.mock.calls.length]).toEqual([one, 1]);
    await Promise.allSettled([load(alice)]);
    expect(answers).toHaveBeenCalledTimes(2);
  });

  it('do not join one that takes ten seconds, and its end does not disturb theirs', async () => {
    const clock = jest.spyOn(performance, 'now').mockReturnValue(0);
    const { loader, load } = setup();
    const ends: ((account: { of: never }) => void)[] = [];
    const loads = jest
      .spyOn(loader, 'load')
      .mockImplementation(() => new Promise((end) => ends.push(end)));
    const hanging = load(alice);
    clock.mockReturnValue(9_999);
    void load(alice);
    expect(loads).toHaveBeenCalledTimes(1);
    clock.mockReturnValue(10_000);
    const later = load(alice);
    expect(loads).toHaveBeenCalledTimes(2);
    ends[0]?.({ of: 'first' as never });
    expect(await hanging).toEqual({ of: 'first' });
    const joining = load(alice);
    ends[1]?.({ of: 'second' as never });
    expect([await later, await joining]).toEqual([{ of: 'second' }, { of: 'second' }]);
    expect(loads).toHaveBeenCalledTimes(2);
  });

  it.each(['user', 'api-key', 'mcp'])('are one for equal callers of the kind %s', async (kind) => {
    const { loader, load } = setup();
    const [one, other] = await Promise.all([
      load({ kind, userId: 'alice' }),
      load({ kind, userId: 'alice' }),
    ]);
    expect(loader.loaded).toHaveLength(1);
    expect(one).toBe(other);
  });

  it('are never one for callers whose JSON may leave something out: those of a kind of the application', async () => {
    const { loader, load } = setup();
    await Promise.all([load(service('read')), load(service('write'))]);
    expect(loader.loaded).toHaveLength(2);
  });

  it('are not kept when they have ended', async () => {
    const { loader, load } = setup();
    await load({ kind: 'user', userId: 'alice' });
    await load({ kind: 'user', userId: 'alice' });
    expect(loader.loaded).toHaveLength(2);
  });
});
