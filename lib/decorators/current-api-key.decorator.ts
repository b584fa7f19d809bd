import type { ApiKeyValidation } from '@propelauth/node-apis';
import { getCurrentApiKey } from '../decision/caller-of-context.js';
import { createCallerParameter } from './caller-parameter.js';

/**
 * Injects the API key of the request, or one of its properties: its owner (`user`, `org`, `userInOrg`) and its `metadata`. Under
 * `@RequireUserOrApiKey()` it is `null` if the caller is a user.
 *
 * @param property the name of a property, such as `'org'`. Default: the whole {@link ApiKeyValidation}
 * @param pipes pipes for the value, as with Nest's own parameter decorators. The first one may replace the property name
 * @returns a parameter decorator
 * @example
 * ```ts
 * @Get('/export')
 * @RequireApiKey({ kind: 'org' })
 * export(@CurrentApiKey() apiKey: ApiKeyValidation) {
 *   return this.reports.exportAll(apiKey.org?.orgId);
 * }
 * ```
 *
 * @publicApi
 */
export const CurrentApiKey = createCallerParameter<ApiKeyValidation>(
  '@CurrentApiKey()',
  getCurrentApiKey,
);
