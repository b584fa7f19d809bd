import { reasonOf } from '../../../test/support/reason-of.js';
import type { RuleCall } from '../rule-call.js';
import type { PlacedRule, RuledHandler } from '../rule.js';
import { stepUpRule } from './step-up-rule.js';
import type { StepUpRequirement } from './step-up-verifier.js';

const pay: StepUpRequirement = { actionType: 'PAY', grantHeader: 'x-pay' };
const close: StepUpRequirement = { actionType: 'CLOSE', grantHeader: 'x-close' };
const GRANT = 'a'.repeat(32);

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
    ['a call without headers', undefined, 'step_up_required'],
  ])('needs all its grants, before anybody is asked: %s', (_what, headers, reason) => {
    const call = { call: { request: headers && { headers } } } as unknown as RuleCall;
    expect(reasonOf(() => stepUpRule.precheck?.(call, [pay, close]))).toBe(reason);
  });

  it.each<[string, StepUpRequirement[], string[]]>([
    ['http', [pay, close], []],
    [
      'http',
      [pay, { ...close, grantHeader: 'x-pay' }],
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
