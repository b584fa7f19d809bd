import type { AccessCall } from '../../options/access-rule.interface.js';
import type { OwnRule } from './own-rule.js';
import { OwnVerdicts } from './own-verdicts.js';

const alice = { kind: 'user', userId: 'alice' };
const acme = { orgId: 'acme' };
const CALL = { caller: alice, userId: 'alice', org: acme } as AccessCall;

describe('The verdict of a shared rule', () => {
  const asked: AccessCall[] = [];
  const rule: OwnRule = {
    name: 'plan',
    shared: true,
    authorize: (call) => asked.push(call),
  };
  const other: OwnRule = { ...rule, name: 'other' };

  beforeEach(() => void (asked.length = 0));

  it.each<[string, number, OwnRule, unknown[], object]>([
    ['the same', 1, rule, ['pro'], {}],
    ['the same organization, as another object', 1, rule, ['pro'], { org: { ...acme } }],
    ['another rule', 2, other, ['pro'], {}],
    ['other arguments', 2, rule, ['free'], {}],
    ['another caller with equal properties', 2, rule, ['pro'], { caller: { ...alice } }],
    ['no caller', 2, rule, ['pro'], { caller: null }],
    ['another organization', 2, rule, ['pro'], { org: { orgId: 'globex' } }],
    ['no organization', 2, rule, ['pro'], { org: null }],
  ])('beside the first call, for %s: asked %i times', async (_what, times, second, args, call) => {
    const verdicts = new OwnVerdicts();
    const lifetime = {};
    const first = await verdicts.of(rule, ['pro'], CALL, lifetime);
    expect(await verdicts.of(second, args, { ...CALL, ...call }, lifetime)).toBe(times);
    expect([first, asked.length]).toEqual([1, times]);
  });

  it('is asked for again outside of what it is shared within', async () => {
    const verdicts = new OwnVerdicts();
    await verdicts.of(rule, [], CALL, {});
    await verdicts.of(rule, [], CALL, {});
    expect(asked).toHaveLength(2);
  });

  it.each(['transport', 'address', 'headers', 'context', 'handler', 'read', 'load'] as const)(
    'may not depend on the %s of a call',
    async (property) => {
      await new OwnVerdicts().of(rule, [], CALL, {});
      expect(() => asked[0]?.[property]).toThrow(
        `The rule 'plan' is shared, so its verdict may not depend on ${property} of a call. Use caller, userId and org, or remove shared.`,
      );
    },
  );

  it('is not kept for a rule that is not shared', async () => {
    const verdicts = new OwnVerdicts();
    const lifetime = {};
    for (const shared of [false, undefined]) {
      asked.length = 0;
      const single: OwnRule = { ...rule, shared };
      await verdicts.of(single, [], CALL, lifetime);
      await verdicts.of(single, [], CALL, lifetime);
      expect(asked).toEqual([CALL, CALL]);
    }
  });
});

describe('A rule that does not answer', () => {
  it('is unavailable after 10 s, which its name says', async () => {
    jest.useFakeTimers();
    const rule: OwnRule = { name: 'plan', authorize: () => new Promise(() => {}) };
    const asking = Promise.allSettled([new OwnVerdicts().of(rule, [], CALL, {})]);
    await jest.advanceTimersByTimeAsync(10_000);
    jest.useRealTimers();
    expect(await asking).toMatchObject([
      { reason: { reason: 'rule_unavailable', detail: "the rule 'plan' took more than 10 s" } },
    ]);
  });
});
