import { checksOf, noImpersonation, ofScopes } from '../../../test/support/written-rules.js';
import { combinedOf } from '../policy.js';
import type { KindFacts } from '../rule.js';
import { impersonationRule } from './impersonation-rule.js';

describe('The rule about impersonation', () => {
  it('is met by kinds of callers that nobody impersonates, and asks the others', () => {
    const kinds = [{}, { impersonatorOf: () => undefined }] as KindFacts[];
    expect(kinds.map((kind) => impersonationRule.on(kind, undefined))).toEqual(['met', 'checked']);
    expect(impersonationRule.asks).toEqual({
      about: 'who impersonates it',
      answer: 'impersonator()',
    });
  });

  it('is found among the rules of a handler, and only where it is one', () => {
    const found = [noImpersonation, ofScopes('read')].map((rule) =>
      combinedOf({ checks: checksOf(rule) }, impersonationRule),
    );
    expect(found).toEqual([true, undefined]);
  });

  it('describes itself', () => {
    expect(impersonationRule.describe(true)).toEqual({
      words: 'not impersonated',
      reasons: ['impersonation_denied'],
      data: true,
    });
  });
});
