import { createAccessDecorator, type AccessDecorator } from './access.decorator.js';
import { checkUserOptions, type RequireUserOptions } from './require-user-options.js';

/**
 * Looks for a user but never rejects a request for its token: without a valid one, `@CurrentUser()` is `null`. A request
 * that brings a token while none can be verified is still answered with 503, since nobody can say who is calling.
 *
 * On a class it applies to handlers without an access decorator. It cannot be combined with a rule that requires a user.
 *
 * The counterpart of `optional_user` and `optionalUser` in PropelAuth's other SDKs.
 *
 * @param options `tokenSource`: where the access token is (default: where the transport has it)
 * @returns a decorator for controllers and their methods
 * @throws {TypeError} for an unknown option
 * @example
 * ```ts
 * @Get('/greeting')
 * @OptionalUser()
 * greet(@CurrentUser() user: User | null) {
 *   return user ? `Hello ${user.firstName}` : 'Hello stranger';
 * }
 * ```
 *
 * @publicApi
 */
export function OptionalUser(options: RequireUserOptions = {}): AccessDecorator {
  const decorator = '@OptionalUser()';
  checkUserOptions(decorator, options);
  const { tokenSource } = options;
  return createAccessDecorator({ kind: 'caller', mode: 'optional', decorator, tokenSource });
}
