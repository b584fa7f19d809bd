import { createAccessDecorator, type AccessDecorator } from './access.decorator.js';
import { checkUserOptions, type RequireUserOptions } from './require-user-options.js';

/**
 * Requires a valid access token: without one the answer is 401. On a class it holds for every handler that does not say
 * otherwise; on a handler it lifts none of the class's organization rules.
 *
 * The counterpart of `require_user` and `requireUser` in PropelAuth's other SDKs.
 *
 * @param options `tokenSource`: where the access token is (default: where the transport has it)
 * @returns a decorator for controllers and their methods
 * @throws {TypeError} for an unknown option
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
export function RequireUser(options: RequireUserOptions = {}): AccessDecorator {
  const decorator = '@RequireUser()';
  checkUserOptions(decorator, options);
  const { tokenSource } = options;
  return createAccessDecorator({ kind: 'caller', mode: 'user', decorator, tokenSource });
}
