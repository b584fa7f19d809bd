import { HttpException } from '@nestjs/common';
import type { AccessCall } from '../../options/access-rule.interface.js';
import type { RuleCall } from '../rule-call.js';
import type { RuleServices } from '../rule.js';
import { applicationRule } from './application-rule.js';
import { GuardDenial } from './guard-as-rule.js';
import type { OwnRule } from './own-rule.js';

const CALL = { caller: { kind: 'user' }, userId: 'alice', org: { orgId: 'acme' } };

/** Asks a rule that has a verdict about a call. */
async function ask(rule: Partial<OwnRule>, verdict: unknown, call: object = CALL): Promise<void> {
  const services = { get: () => ({ of: async () => verdict }) } as unknown as RuleServices;
  const ruleCall = { accessCallWith: () => call as AccessCall } as unknown as RuleCall;
  const find = () => ({ name: 'odd', authorize: () => true, ...rule });
  await applicationRule.check?.(ruleCall, [{ args: [], find }], services);
}

const denial = (code: string, status: number) => ({
  reason: 'rule_denied',
  denial: { rule: 'odd', code, status },
});
const MISSING = { reason: 'credential_missing' };
const GONE = { denials: { gone: 404, later: 429 } } as const;

describe('The rule type of the application', () => {
  it('decides about nobody as well, and reads calls', () => {
    expect([
      applicationRule.acceptsNobody?.({} as never),
      applicationRule.dependsOnCall?.([]),
    ]).toEqual([true, true]);
  });

  it.each<[string, Partial<OwnRule>, unknown, object, object]>([
    ['false', {}, false, CALL, denial('access_denied', 403)],
    ['false, with codes', GONE, false, CALL, denial('gone', 404)],
    ['false about nobody', GONE, false, { ...CALL, caller: null }, MISSING],
    ['a code', GONE, 'later', CALL, denial('later', 429)],
    ['a code about nobody', GONE, 'gone', { ...CALL, caller: null }, denial('gone', 404)],
    [
      'a code with the time to wait',
      GONE,
      { code: 'later', retryAfter: 0.5 },
      CALL,
      { ...denial('later', 429), retryAfterSeconds: 0.5 },
    ],
    [
      'the denial of a guard',
      {},
      new GuardDenial(new HttpException('No', 410)),
      CALL,
      denial('access_denied', 410),
    ],
  ])('denies a call by %s', async (_what, rule, verdict, call, rejection) => {
    await expect(ask(rule, verdict, call)).rejects.toMatchObject(rejection);
  });

  it.each<[string, Partial<OwnRule>, unknown]>([
    ['no code', {}, 'gone'],
    ['the name of a property of every object', GONE, 'constructor'],
    ['a list', GONE, ['gone']],
    ['a code in a list', GONE, { code: ['gone'] }],
    ['null', GONE, null],
    ['nothing', GONE, undefined],
    ['no time to wait', GONE, { code: 'later', retryAfter: 0 }],
    ['a negative time', GONE, { code: 'later', retryAfter: -1 }],
    ['a time without an end', GONE, { code: 'later', retryAfter: Infinity }],
  ])('takes for an error, never for access: %s', async (_what, rule, verdict) => {
    const codes = rule.denials === undefined ? 'it has none' : 'gone, later';
    await expect(ask(rule, verdict)).rejects.toEqual(
      new Error(
        `authorize() of the rule 'odd' returned neither a boolean nor a code of its denials (${codes}). Return true to let a call in, and false ` +
          'or a code to deny it.',
      ),
    );
  });

  it.each<[string, OwnRule['requires'], object, object | undefined]>([
    ['all', ['caller', 'userId', 'org'], {}, undefined],
    ['no caller', ['caller'], { caller: null }, MISSING],
    ['no user', ['userId'], { userId: undefined }, denial('access_denied', 403)],
    ['no organization', ['userId', 'org'], { org: null }, denial('access_denied', 403)],
    ['no organization, which it does not require', ['userId'], { org: null }, undefined],
    ['no user, whom it does not require', ['org'], { userId: undefined }, undefined],
    ['nothing, which it does not require', [], { caller: null, org: null }, undefined],
  ])(
    'asks a rule only with what it requires, given %s',
    async (_what, requires, lack, rejection) => {
      const [outcome] = await Promise.allSettled([ask({ requires }, true, { ...CALL, ...lack })]);
      expect(outcome).toMatchObject(
        rejection === undefined
          ? { status: 'fulfilled' }
          : { status: 'rejected', reason: rejection },
      );
    },
  );

  it('describes each rule by its words, else its name, and all its denials', () => {
    const rules: Partial<OwnRule>[] = [{ describe: (plan) => `plan ${String(plan)}`, ...GONE }, {}];
    const combined = rules.map((rule) => ({
      args: ['pro'],
      find: () => ({ name: 'odd', authorize: () => true, ...rule }),
    }));
    expect(applicationRule.describe(combined)).toEqual({
      words: 'plan pro, odd',
      reasons: [],
      reasonsForNobody: ['credential_missing'],
      denials: [
        { rule: 'odd', code: 'gone', status: 404 },
        { rule: 'odd', code: 'later', status: 429 },
        { rule: 'odd', code: 'access_denied', status: 403 },
      ],
      data: [
        { rule: 'odd', words: 'plan pro' },
        { rule: 'odd', words: 'odd' },
      ],
    });
  });

  it.each([7, ''])('throws for a rule that describes itself by %p', (words) => {
    const find = () => ({ name: 'odd', authorize: () => true, describe: () => words });
    expect(() => applicationRule.describe([{ args: [], find }])).toThrow(
      "describe() of the rule 'odd' returned no text. Return words such as 'plan pro'.",
    );
  });
});
