import type { ExecutionContext } from '@nestjs/common';
import { callerFor } from '../../decision/caller-of-context.js';
import type { ApiKey } from '../../types/api-key.js';
import { kindsOf } from '../../rules/callers.js';
import { createCallerParameter } from '../caller-parameter.decorator.js';

/**
 * Returns the end-user API key of a request, for interceptors, pipes, throttlers and loggers. In handlers, use `@CurrentApiKey()`.
 *
 * @param context the context that Nest passes to the interceptor or guard
 * @returns PropelAuth's validation of the key, deeply frozen; `null` for a caller without a key, on a handler without a rule, after a
 * rejection, and if a test overrides the guard
 * @throws {Error} in a guard or pipe that runs before `PropelAuthGuard` has decided about a handler with a rule
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
export function getCurrentApiKey(context: ExecutionContext): ApiKey | null {
  return callerFor('getCurrentApiKey', context)?.apiKey ?? null;
}

/**
 * Injects the API key of the request, or one of its properties: its `kind`, its owner (`user`, `org`, `userInOrg`) and its `metadata`. Under
 * `@RequireUserOrApiKey()` it is `null` if the caller is a user.
 *
 * @param property the name of a property, such as `'org'`. Default: the whole {@link ApiKey}
 * @param pipes pipes for the value, as with Nest's own parameter decorators. The first one may replace the property name
 * @returns a parameter decorator
 * @example
 * ```ts
 * @Get('/export')
 * @RequireApiKey({ kind: 'org' })
 * export(@CurrentApiKey() apiKey: ApiKey) {
 *   return this.reports.exportAll(apiKey.org?.orgId);
 * }
 * ```
 *
 * @publicApi
 */
export const CurrentApiKey = createCallerParameter<ApiKey>(
  {
    name: '@CurrentApiKey()',
    emptyOn: ({ callers }) =>
      kindsOf(callers).has('api-key')
        ? undefined
        : 'never has a value on a handler that does not accept API keys. Add @RequireApiKey() or @RequireUserOrApiKey().',
  },
  getCurrentApiKey,
);
