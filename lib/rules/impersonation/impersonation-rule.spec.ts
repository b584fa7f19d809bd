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

  it('describes itself', () => {
    expect(impersonationRule.describe(true)).toEqual({
      words: 'not impersonated',
      reasons: ['impersonation_denied'],
      data: true,
    });
  });
});
