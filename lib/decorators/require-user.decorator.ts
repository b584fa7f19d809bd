import { uncheckedOrgRule } from './unchecked-org-option.js';
import { createAccessDecorator, type AccessDecorator } from './access.decorator.js';
import { checkUserOptions, type RequireUserOptions } from './require-user-options.js';

/**
 * Requires a valid access token, and returns 401 otherwise. On a class, it applies to every handler without another access decorator. On a
 * handler, it does not lift the organization rules of the class.
 *
 * The counterpart of `require_user` and `requireUser` in PropelAuth's other SDKs.
 *
 * @param options `tokenSource`: where the access token is. Default: the standard place of the transport;
 * `uncheckedOrg`: whether calls may name any organization. Default: `false`
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
  return createAccessDecorator({
    kind: 'caller',
    mode: 'user',
    decorator,
    tokenSource,
    ...uncheckedOrgRule(decorator, options),
  });
}
