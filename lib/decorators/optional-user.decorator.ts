import { uncheckedOrgRule } from './unchecked-org-option.js';
import { createAccessDecorator, type AccessDecorator } from './access.decorator.js';
import { checkUserOptions, type RequireUserOptions } from './require-user.decorator.js';
import { OPTIONAL_USER } from '../rules/callers.js';
import { assertDefinedArguments } from '../values/defined-arguments.js';

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
  checkUserOptions(decorator, options);
  const { tokenSource } = options;
  return createAccessDecorator({
    kind: 'caller',
    callers: OPTIONAL_USER,
    decorator,
    tokenSource,
    ...uncheckedOrgRule(decorator, options),
  });
}
