import type { User } from '../types/user.js';
import { getCurrentUser } from '../decision/current-caller.js';
import { createCallerParameter } from './caller-parameter.js';

/**
 * The verified caller, or a property of it, as a parameter of a handler. The user is deeply frozen.
 *
 * @param property the name of a property, such as `'email'`; default: the whole {@link User}
 * @param pipes pipes for the value, as with Nest's own parameter decorators; the first may take the place of the name
 * @returns a parameter decorator. The parameter is `null` (a property: `undefined`) for an anonymous caller under
 * `@OptionalUser()`, and on a route without `PropelAuthGuard`
 * @example
 * ```ts
 * @Get('/me')
 * @RequireUser()
 * me(@CurrentUser() user: User, @CurrentUser('email') email: string) {
 *   return { userId: user.userId, email, impersonated: user.isImpersonating() };
 * }
 * ```
 *
 * @publicApi
 */
export const CurrentUser = createCallerParameter<User>('@CurrentUser()', getCurrentUser);
