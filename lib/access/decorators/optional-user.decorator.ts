import { createAccessDecorator, type AccessDecorator } from './access.decorator.js';

/**
 * Looks for a user but never rejects a request for its token: without a valid one, `@CurrentUser()` is `null`. A request
 * that brings a token while none can be verified is still answered with 503, since nobody can say who is calling.
 *
 * On a class it holds for handlers without a word of their own. It stands beside no rule that requires a user.
 *
 * The counterpart of `optional_user` and `optionalUser` in PropelAuth's other SDKs.
 *
 * @returns a decorator for controllers and their methods
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
export function OptionalUser(): AccessDecorator {
  return createAccessDecorator({ kind: 'caller', mode: 'optional', decorator: '@OptionalUser()' });
}
