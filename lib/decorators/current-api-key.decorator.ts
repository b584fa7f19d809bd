import { getCurrentApiKey } from '../decision/caller-of-context.js';
import type { ApiKey } from '../types/api-key.js';
import { createCallerParameter } from './caller-parameter.js';

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
export const CurrentApiKey = createCallerParameter<ApiKey>('@CurrentApiKey()', getCurrentApiKey);
