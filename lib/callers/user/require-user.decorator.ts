import { uncheckedOrgRule, type UncheckedOrgOption } from '../../rules/unchecked-org-option.js';
import { createAccessDecorator, type AccessDecorator } from '../../rules/access.decorator.js';
import type { TokenSource } from '../../options/token-source.interface.js';
import { checkDecoratorOptions } from '../../rules/decorator-options.js';
import { USER, type Callers } from '../../rules/callers.js';
import { assertDefinedArguments } from '../../values/defined-arguments.js';

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
  assertDefinedArguments(decorator, arguments);
  return requireUser(decorator, options, USER);
}

/**
 * The options of {@link RequireUser} and {@link OptionalUser}.
 *
 * @publicApi
 */
export interface RequireUserOptions extends UncheckedOrgOption {
  /**
   * Where the access token is, if it is not in the standard place of the transport. Default: the source of the nearest level (handler,
   * class) that has one, otherwise the standard place.
   */
  tokenSource?: TokenSource;
}

/**
 * Makes a decorator about the user.
 *
 * @throws {TypeError} for an unknown option, and for a source that is not a function
 */
export function requireUser(
  decorator: string,
  options: RequireUserOptions,
  callers: Callers,
): AccessDecorator {
  checkDecoratorOptions(decorator, options, ['tokenSource', 'uncheckedOrg']);
  const { tokenSource } = options;
  assertTokenSource(decorator, tokenSource);
  const unchecked = uncheckedOrgRule(decorator, options);
  return createAccessDecorator({ callers, decorator, tokenSource, ...unchecked });
}

/** @throws {TypeError} when the token source is not a function */
export function assertTokenSource(decorator: string, tokenSource: unknown): void {
  if (tokenSource === undefined || typeof tokenSource === 'function') return;
  throw new TypeError(
    `The option tokenSource of ${decorator} is not a function. Set it to a function that takes the context and returns ` +
      'the token.',
  );
}
