import type { User } from '../../types/user.js';
import { getCurrentUser } from '../../decision/caller-of-context.js';
import { isEveryone, kindsOf } from '../../rules/callers.js';
import type { Policy } from '../../rules/policy.js';
import type { KindLookUp } from '../../rules/verdicts.js';
import { createCallerParameter } from '../caller-parameter.decorator.js';

/**
 * Injects the verified user, or one of their properties. The user is deeply frozen.
 *
 * @param property the name of a property, such as `'email'`. Default: the whole {@link User}
 * @param pipes pipes for the value, as with Nest's own parameter decorators. The first one may replace the property name
 * @returns a parameter decorator. The parameter is `null` (a property: `undefined`) for an unauthenticated caller under `@OptionalUser()`,
 * and on a route without `PropelAuthGuard`
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
export const CurrentUser = createCallerParameter<User>(
  { name: '@CurrentUser()', isUser: true, emptyOn: whyNoUser },
  getCurrentUser,
);

function whyNoUser(
  { callers, decorator = 'its rules' }: Policy,
  kinds: KindLookUp,
): string | undefined {
  if (isEveryone(callers)) {
    return 'never has a value under @Public(), which ignores access tokens. Use @OptionalUser() instead of @Public().';
  }
  const accepted = [...kindsOf(callers).keys()];
  if (accepted.length === 0 || accepted.some((name) => kinds(name)?.hasUser)) return undefined;
  return `never has a value under ${decorator}, since callers are no users there. Use @CurrentCaller(), or accept users as well.`;
}
