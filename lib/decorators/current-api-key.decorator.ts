import type { ApiKeyValidation } from '@propelauth/node-apis';
import { getCurrentApiKey } from '../decision/current-caller.js';
import { createCallerParameter } from './caller-parameter.js';

/**
 * What PropelAuth says of the API key that the request was let in with, or a property of it: whose it is (`user`, `org`,
 * `userInOrg`) and its `metadata`. Under `@RequireUserOrApiKey()` it is `null` when the caller is a user.
 *
 * @param property the name of a property, such as `'org'`; default: the whole {@link ApiKeyValidation}
 * @param pipes pipes for the value, as with Nest's own parameter decorators; the first may take the place of the name
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
