import type { ExecutionContext } from '@nestjs/common';
import type { OrgMemberInfo, UserClass } from '@propelauth/node-apis';
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
 * ThrottlerModule.forRoot({
 *   throttlers: [{ ttl: 60_000, limit: 100 }],
 *   getTracker: (request, context) => getCurrentUser(context)?.userId ?? request.ip,
 * });
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
