import { reasonOf } from '../../../test/support/reason-of.js';
import type { RuleCall } from '../rule-call.js';
import { noImpersonation } from '../../../test/support/written-rules.js';
import type { PlacedRule, Rule, RuledHandler } from '../rule.js';
import { stepUpRule } from './step-up-rule.js';
import type { StepUpRequirement } from './step-up-verifier.js';

const pay: StepUpRequirement = { actionType: 'PAY', grantHeader: 'x-pay' };
const close: StepUpRequirement = { actionType: 'CLOSE', grantHeader: 'x-close' };
/** Reads its grant from the header of another action. */
const closeByPay: StepUpRequirement = { ...close, grantHeader: 'x-pay' };
const GRANT = 'a'.repeat(32);

function ruleFor(argument: StepUpRequirement): Rule {
  return { type: stepUpRule, argument, decorator: '@RequireStepUpMfa()' };
}

describe('A rule about step-up grants', () => {
  it('counts once, however often it is written', () => {
    const rules = [pay, { ...pay }, close].map((argument) => ({ argument }));
    const combined = stepUpRule.combine(rules as PlacedRule<StepUpRequirement>[], {} as never);
    expect(combined).toEqual([pay, close]);
  });

  it.each<[string, Record<string, string> | undefined, string | undefined]>([
    ['all', { 'x-pay': GRANT, 'x-close': GRANT }, undefined],
    ['one of two', { 'x-pay': GRANT }, 'step_up_required'],
    ['none', {}, 'step_up_required'],
    ['a malformed second one', { 'x-pay': GRANT, 'x-close': 'a grant' }, 'step_up_required'],
    ['a malformed first one', { 'x-pay': 'a grant', 'x-close': GRANT }, 'step_up_required'],
    ['an empty one', { 'x-pay': '', 'x-close': GRANT }, 'step_up_required'],
    ['one too long', { 'x-pay': 'a'.repeat(5_000), 'x-close': GRANT }, 'step_up_required'],
    ['one in another header', { 'x-grant': GRANT, 'x-close': GRANT }, 'step_up_required'],
    ['a call without headers', undefined, 'step_up_required'],
  ])('needs all its grants, before anybody is asked: %s', (_what, headers, reason) => {
    const call = { call: { request: headers && { headers } } } as unknown as RuleCall;
    expect(reasonOf(() => stepUpRule.precheck?.(call, [pay, close]))).toBe(reason);
  });

  it.each<[string, StepUpRequirement[], string[]]>([
    ['http', [pay, close], []],
    [
      'http',
      [pay, closeByPay],
      [
        '@RequireStepUpMfa() reads the grants of several action types from the same header "x-pay". Keep one decorator, or give each its own ' +
          'grantHeader.',
      ],
    ],
    [
      'message',
      [pay],
      [
        '@RequireStepUpMfa() reads the grant from a header, which messages do not have. Call PropelAuthService.verifyStepUp() in the handler instead.',
      ],
    ],
  ])('finds wrong on a handler of %s: %j', (type, required, problems) => {
    const levels = { method: { rules: [], outside: [] } };
    const handler = { type, levels } as unknown as RuledHandler;
    expect(stepUpRule.audit?.(required, handler)).toEqual(problems);
  });

  const [one, other] = [pay, closeByPay].map(ruleFor) as [Rule, Rule];

  it.each<[string, Rule[], Rule[], boolean]>([
    ['a rule of the handler and one of its class', [one], [other], true],
    ['two rules of the handler, whose class has others', [one, other], [noImpersonation], false],
    ['two rules of the class, whose handler has others', [noImpersonation], [one, other], false],
  ])(
    'names @OverrideRules() where it helps against a shared header: %s',
    (_what, ofMethod, ofClass, names) => {
      const levels = {
        method: { rules: ofMethod, outside: [ofClass] },
        overridden: [],
        classes: [{ rules: ofClass, outside: [] }],
      };
      const handler = { type: 'http', levels } as unknown as RuledHandler;
      const problems = stepUpRule.audit?.([pay, closeByPay], handler);
      expect(problems?.map((problem) => problem.includes('@OverrideRules()'))).toEqual([names]);
    },
  );

  it('describes each action', () => {
    expect(stepUpRule.describe([pay, close])).toMatchObject({
      words: 'with step-up for PAY, with step-up for CLOSE',
      reasons: ['step_up_required', 'propelauth_unavailable'],
      parameters: [
        { name: 'x-pay', description: 'A step-up grant of PropelAuth for the action PAY.' },
        { name: 'x-close', description: 'A step-up grant of PropelAuth for the action CLOSE.' },
      ],
    });
  });
});
