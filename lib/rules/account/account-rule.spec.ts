import type { KindFacts, RuledHandler } from '../rule.js';
import { accountRule } from './account-rule.js';

describe('The rule of @CurrentAccount()', () => {
  it('is met by every kind of callers as far as startup knows, and describes itself', () => {
    expect(accountRule.combine([], {} as never)).toBe(true);
    expect(accountRule.on({} as KindFacts, undefined)).toBe('met');
    expect(accountRule.describe(true)).toEqual({
      words: 'with account',
      reasons: ['account_missing'],
      data: true,
    });
  });

  it.each([
    [false, []],
    [
      true,
      [
        '@CurrentAccount() rejects the unauthenticated callers whom @OptionalUser() accepts. Use @CurrentAccount({ optional: true }), or @RequireUser() ' +
          'instead of @OptionalUser().',
      ],
    ],
  ])('contradicts @OptionalUser(): optional %s', (optional, problems) => {
    const handler = { policy: { callers: { kinds: new Map(), optional } } };
    expect(accountRule.audit?.(true, handler as unknown as RuledHandler)).toEqual(problems);
  });
});
