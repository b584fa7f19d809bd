import { CallerAccounts } from './caller-accounts.js';
import { isOptional } from '../callers.js';
import type { RuleType } from '../rule.js';

/** Requires an account of the application. The rule is that of a parameter, `@CurrentAccount()`, so it says nothing about callers. */
export const accountRule: RuleType<undefined, true> = {
  name: 'account',
  providers: [CallerAccounts],

  combine: () => true,

  on: () => 'met',

  check: (call, _combined, services) => services.get(CallerAccounts).require(call),

  audit: (_combined, { policy }) =>
    isOptional(policy.callers)
      ? [
          '@CurrentAccount() rejects the unauthenticated callers whom @OptionalUser() accepts. Use @CurrentAccount({ optional: true }), or ' +
            '@RequireUser() instead of @OptionalUser().',
        ]
      : [],

  describe: () => ({ words: 'with account', reasons: ['account_missing'], data: true }),
};
