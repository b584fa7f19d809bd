import type { ExecutionContext } from '@nestjs/common';
import { asDeclared } from '../types/as-declared.js';
import type { Caller } from '../types/caller.js';
import type { Account } from '../types/declared-types.js';
import type { OrgMemberInfo } from '../types/org-member-info.js';
import type { User } from '../types/user.js';
import { methodNameOf } from '../values/method-name.js';
import type { KnownCaller } from './decision.js';
import { findCaller, hasReachedGuard } from './kept-decisions.js';
import { isUnderRule } from '../rules/is-under-rule.js';
import { exceptionForUntraceable } from '../rejections/unguarded-calls.js';

/**
 * Returns the caller of a request, of whatever kind, for guards, interceptors, pipes and loggers. In handlers, use `@CurrentCaller()`.
 *
 * @param context the context that Nest passes to the interceptor or guard
 * @returns the caller; `null` for an unauthenticated one, on a handler without a rule, after a rejection, and if a test overrides the guard
 * @throws {Error} in a guard or pipe that runs before `PropelAuthGuard` has decided about a handler with a rule: call {@link
 * PropelAuthService.identify} there
 *
 * @example
 * ```ts
 * @Injectable()
 * class UsageInterceptor implements NestInterceptor {
 *   constructor(private readonly usage: Metrics) {}
 *
 *   intercept(context: ExecutionContext, next: CallHandler) {
 *     this.usage.count(getCurrentCaller(context)?.kind);
 *     return next.handle();
 *   }
 * }
 * ```
 *
 * @publicApi
 */
export function getCurrentCaller(context: ExecutionContext): Caller | null {
  return callerFor('getCurrentCaller', context);
}

/**
 * Returns the verified user of a request, for guards, interceptors, pipes and loggers. In handlers, use `@CurrentUser()`.
 *
 * @param context the context that Nest passes to the interceptor or guard. Exception filters have no such context: use `request.user` there
 * @returns the user, deeply frozen; `null` for an unauthenticated caller, on a handler without a rule, after a rejection, and if a test
 * overrides the guard
 * @throws {Error} in a guard or pipe that runs before `PropelAuthGuard` has decided about a handler with a rule: call {@link
 * PropelAuthService.identify} there
 *
 * @example
 * ```ts
 * @Injectable()
 * class StaffGuard implements CanActivate {
 *   canActivate(context: ExecutionContext) {
 *     return getCurrentUser(context)?.email?.endsWith('@example.com') ?? false;
 *   }
 * }
 * ```
 *
 * @publicApi
 */
export function getCurrentUser(context: ExecutionContext): User | null {
  const user = decidedCaller('getCurrentUser', context)?.user;
  return user ? asDeclared(user) : null;
}

/**
 * Returns the organization that the rules of a route have checked, for interceptors, pipes, throttlers and loggers. In handlers, use
 * `@CurrentOrg()`.
 *
 * @param context the context that Nest passes to the interceptor or guard. Exception filters have no such context: use `request.org` there
 * @returns the caller's membership in the organization, deeply frozen; `null` on a handler without organization rules, after a rejection,
 * and if a test overrides the guard
 * @throws {Error} in a guard or pipe that runs before `PropelAuthGuard` has decided about a handler with a rule
 *
 * @example
 * ```ts
 * @Injectable()
 * class TenantInterceptor implements NestInterceptor {
 *   constructor(private readonly tenants: Tenants) {}
 *
 *   intercept(context: ExecutionContext, next: CallHandler) {
 *     this.tenants.use(getCurrentOrg(context)?.orgId);
 *     return next.handle();
 *   }
 * }
 * ```
 *
 * @publicApi
 */
export function getCurrentOrg(context: ExecutionContext): OrgMemberInfo | null {
  const org = decidedCaller('getCurrentOrg', context)?.org;
  return org ? asDeclared(org) : null;
}

/**
 * Returns the application's own record of the caller, for guards behind `PropelAuthGuard`, interceptors and pipes. In handlers, use
 * `@CurrentAccount()`. The class of the option `account` loads it when it is first asked for, at most once per call, and never for a
 * rejected call.
 *
 * @param context the context that Nest passes to the interceptor or guard
 * @returns the account; `null` for a caller without one, for an unauthenticated caller, on a handler without a rule, after a rejection, and if
 * a test overrides the guard
 * @throws what the application's loader throws, and {@link PropelAuthConfigurationError} without the option `account`
 * @throws {Error} in a guard or pipe that runs before `PropelAuthGuard` has decided about a handler with a rule
 *
 * @example
 * ```ts
 * @Injectable()
 * class HasAccountGuard implements CanActivate {
 *   async canActivate(context: ExecutionContext) {
 *     return (await getCurrentAccount(context)) !== null;
 *   }
 * }
 * ```
 *
 * @publicApi
 */
export async function getCurrentAccount(context: ExecutionContext): Promise<Account | null> {
  const caller = decidedCaller('getCurrentAccount', context);
  if (caller?.isPending === true) throw askedTooEarly('getCurrentAccount', context);
  return caller?.account() ?? null;
}

/**
 * The caller of a context, for a function that returns a part of it.
 *
 * @param name the function, for messages
 * @throws {Error} as {@link getCurrentCaller} does
 */
export function callerFor(name: string, context: ExecutionContext): Caller | null {
  return decidedCaller(name, context)?.identified?.describe() ?? null;
}

/**
 * The decision about the call of a context, once it is made; `undefined` where no guard decides.
 *
 * @throws {Error} when a guard or a pipe asks before the guard has decided about a handler with a rule, or when the rules of a function are
 * unknown: `null` would mean an unauthenticated caller
 */
function decidedCaller(name: string, context: ExecutionContext): KnownCaller | undefined {
  // The context of an exception filter has no handler.
  if (!context.getClass?.() || !context.getHandler?.()) return undefined;
  const caller = findCaller(context);
  if (caller !== undefined || hasReachedGuard(context)) return caller;
  const isUnder = isUnderRule(context.getClass(), context.getHandler());
  if (isUnder === false) return undefined;
  throw isUnder === 'unknown' ? exceptionForUntraceable(context) : askedTooEarly(name, context);
}

function askedTooEarly(name: string, context: ExecutionContext): Error {
  return new Error(
    `${name}() was called before PropelAuthGuard decided about ${context.getClass().name}.` +
      `${methodNameOf(context.getHandler())}. In a global guard, call PropelAuthService.identify(context) or ` +
      'callerKey(context) instead, or put your guard on the class or the method.',
  );
}
