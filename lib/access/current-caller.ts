import type { ExecutionContext } from '@nestjs/common';
import type { ApiKeyValidation, OrgMemberInfo, UserClass } from '@propelauth/node-apis';
import { findDecision } from './decision.js';

/**
 * The verified caller of a request, for interceptors, pipes, throttlers and loggers. In handlers, `@CurrentUser()` gives
 * the same.
 *
 * @param context the context that Nest hands to the interceptor or guard; exception filters, which get none, read `request.user`
 * @returns the user, deeply frozen; `null` when the caller is anonymous, and before and without `PropelAuthGuard`
 *
 * @example
 * ```ts
 * @Injectable()
 * class UserThrottlerGuard extends ThrottlerGuard {
 *   protected override async getTracker(request: Request, context: ExecutionContext) {
 *     return getCurrentUser(context)?.userId ?? request.ip;
 *   }
 * }
 * ```
 *
 * @publicApi
 */
export function getCurrentUser(context: ExecutionContext): UserClass | null {
  return findDecision(context)?.user ?? null;
}

/**
 * The organization that the rules of a route were checked against, for interceptors, pipes, throttlers and loggers. In
 * handlers, `@CurrentOrg()` gives the same.
 *
 * @param context the context that Nest hands to the interceptor or guard; exception filters, which get none, read `request.org`
 * @returns the caller's membership in it, deeply frozen; `null` on a route without organization rules, and before they hold
 *
 * @example
 * ```ts
 * @Injectable()
 * class TenantInterceptor implements NestInterceptor {
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
  return findDecision(context)?.org ?? null;
}

/**
 * The end-user API key that a request was let in with, for interceptors, pipes, throttlers and loggers. In handlers,
 * `@CurrentApiKey()` gives the same.
 *
 * @param context the context that Nest hands to the interceptor or guard
 * @returns what PropelAuth says of the key, deeply frozen; `null` when the caller has none, and before and without
 * `PropelAuthGuard`
 *
 * @example
 * ```ts
 * @Injectable()
 * class UsageInterceptor implements NestInterceptor {
 *   intercept(context: ExecutionContext, next: CallHandler) {
 *     const apiKey = getCurrentApiKey(context);
 *     if (apiKey !== null) this.usage.count(apiKey.org?.orgId ?? apiKey.user?.userId);
 *     return next.handle();
 *   }
 * }
 * ```
 *
 * @publicApi
 */
export function getCurrentApiKey(context: ExecutionContext): ApiKeyValidation | null {
  return findDecision(context)?.apiKey ?? null;
}
