import { getCurrentApiKey } from '../../decision/caller-of-context.js';
import type { ApiKey } from '../../types/api-key.js';
import { kindsOf } from '../../rules/callers.js';
import { createCallerParameter } from '../caller-parameter.decorator.js';

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
