import type { ExecutionContext } from '@nestjs/common';
import type { ApiKeyValidation } from '@propelauth/node-apis';
import { asDeclared } from '../types/as-declared.js';
import type { OrgMemberInfo } from '../types/org-member-info.js';
import type { User } from '../types/user.js';
import { findCaller } from './decision.js';

/**
 * The verified caller of a request, for interceptors, pipes, throttlers and loggers. In handlers, `@CurrentUser()` gives
 * the same.
 *
 * @param context the context that Nest hands to the interceptor or guard; exception filters, which get none, read `request.user`
 * @returns the user, deeply frozen; `null` when the caller is anonymous, and before and without `PropelAuthGuard`
 *
 * @example
 * ```ts
 * ThrottlerModule.forRoot({
 *   throttlers: [{ ttl: 60_000, limit: 100 }],
 *   getTracker: (request, context) => getCurrentUser(context)?.userId ?? request.ip,
 * });
 * ```
 *
 * @publicApi
 */
export function getCurrentUser(context: ExecutionContext): User | null {
  const user = findCaller(context)?.user;
  return user ? asDeclared(user) : null;
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
  const org = findCaller(context)?.org;
  return org ? asDeclared(org) : null;
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
 *   constructor(private readonly usage: Metrics) {}
 *
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
  return findCaller(context)?.apiKey ?? null;
}
