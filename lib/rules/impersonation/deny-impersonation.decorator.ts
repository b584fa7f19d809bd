import { impersonationRule } from './impersonation-rule.js';
import { createAccessDecorator, type AccessDecorator } from '../access.decorator.js';

/**
 * Rejects employees who impersonate a user with 403, and calls without a user with 401. Under `@RequireUserOrApiKey()` it applies to users
 * only.
 *
 * @returns a decorator for controllers and their methods
 * @see PropelAuth, "User Impersonation"
 * @example
 * ```ts
 * @Delete('/account')
 * @DenyImpersonation()
 * deleteAccount(@CurrentUser() user: User) {
 *   return this.accounts.delete(user.userId);
 * }
 * ```
 *
 * @publicApi
 */
export function DenyImpersonation(): AccessDecorator {
  return createAccessDecorator({
    type: impersonationRule,
    argument: undefined,
    decorator: '@DenyImpersonation()',
  });
}
