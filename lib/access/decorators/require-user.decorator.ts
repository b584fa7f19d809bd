import { createAccessDecorator, type AccessDecorator } from './access.decorator.js';

/**
 * Requires a valid access token: without one the answer is 401. On a class it holds for every handler that does not say
 * otherwise; on a handler it lifts none of the class's organization rules.
 *
 * The counterpart of `require_user` and `requireUser` in PropelAuth's other SDKs.
 *
 * @returns a decorator for controllers and their methods
 * @example
 * ```ts
 * @Get('/whoami')
 * @RequireUser()
 * whoAmI(@CurrentUser() user: User) {
 *   return { userId: user.userId };
 * }
 * ```
 *
 * @publicApi
 */
export function RequireUser(): AccessDecorator {
  return createAccessDecorator({ kind: 'caller', mode: 'required', decorator: '@RequireUser()' });
}
