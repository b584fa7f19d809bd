import { createAccessDecorator, type AccessDecorator } from './access.decorator.js';

/**
 * Requires a user who is here in person: 403 while an employee impersonates the user, and 401 without a user. Beside
 * `@RequireUserOrApiKey()` it holds for the users.
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
  return createAccessDecorator({ kind: 'impersonation', decorator: '@DenyImpersonation()' });
}
