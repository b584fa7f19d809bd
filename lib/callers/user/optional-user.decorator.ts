import type { AccessDecorator } from '../../rules/access.decorator.js';
import { requireUser, type RequireUserOptions } from './require-user.decorator.js';
import { OPTIONAL_USER } from '../../rules/callers.js';
import { assertDefinedArguments } from '../../values/defined-arguments.js';

/**
 * Accepts requests with or without a user: without a valid token, `@CurrentUser()` is `null`. A request with a token gets 503 while tokens
 * cannot be verified, because its caller is unknown.
 *
 * On a class, it applies to handlers without an access decorator. It cannot be combined with a rule that requires a user.
 *
 * The counterpart of `optional_user` and `optionalUser` in PropelAuth's other SDKs.
 *
 * @param options `tokenSource`: where the access token is. Default: the standard place of the transport;
 * `uncheckedOrg`: whether calls may name any organization. Default: `false`
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
  assertDefinedArguments(decorator, arguments);
  return requireUser(decorator, options, OPTIONAL_USER);
}
