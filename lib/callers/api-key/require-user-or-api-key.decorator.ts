import type { AccessDecorator } from '../../rules/access.decorator.js';
import { requireApiKey, type RequireApiKeyOptions } from './require-api-key.decorator.js';
import { callersOfKinds } from '../../rules/callers.js';
import { assertDefinedArguments } from '../../values/defined-arguments.js';

/**
 * Requires a user or an API key, for routes that users and their scripts call. A value after `Bearer` with three parts separated by dots is
 * always treated as an access token. `@CurrentUser()` and `@CurrentApiKey()` show which one it was: the other is `null`.
 *
 * @param options `kind`: the kind of keys that is accepted. Default: all; `metadata`: what the metadata of a key has to say, with `words` for
 * descriptions; it says nothing about users. Default: anything; `uncheckedOrg`: whether calls may name any organization. Default: `false`
 * @returns a decorator for controllers and their methods
 * @throws {TypeError} as {@link RequireApiKey} does
 * @example
 * ```ts
 * @Get('/orgs/:orgId/reports')
 * @RequireUserOrApiKey()
 * @RequireOrgMember()
 * list(@CurrentOrg() org: OrgMemberInfo, @CurrentUser() user: User | null) {
 *   return this.reports.findRead(org.orgId, { readBy: user?.userId ?? 'script' });
 * }
 * ```
 *
 * @publicApi
 */
export function RequireUserOrApiKey(options: RequireApiKeyOptions = {}): AccessDecorator {
  const decorator = '@RequireUserOrApiKey()';
  assertDefinedArguments(decorator, arguments);
  return requireApiKey(decorator, options, (kind) =>
    callersOfKinds({ user: undefined, 'api-key': kind }),
  );
}
