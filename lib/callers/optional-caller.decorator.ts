import { createAccessDecorator, type AccessDecorator } from '../rules/access.decorator.js';
import { optionalCallersOfKinds } from '../rules/callers.js';
import { uncheckedOrgRule, type UncheckedOrgOption } from '../rules/unchecked-org-option.js';
import type { CallerKindName } from '../types/caller.js';
import { readCallerKinds } from './require-caller.decorator.js';

/**
 * Accepts callers of these kinds, and unauthenticated ones: an invalid credential counts as none. Without kinds, it identifies nobody. Unlike
 * under `@Public()`, rules of your application decide about the calls, and get `null` for an unauthenticated caller: a share link, an address,
 * a guard of your own.
 *
 * @param kinds the kinds, each once, in any order: `'user'`, `'api-key'` and your own kinds ({@link CallerKind}). {@link UncheckedOrgOption}
 * may be the last argument. Default: none
 * @returns a decorator for controllers and their methods
 * @throws {TypeError} for a value that is not the name of a kind, for a kind twice, for `'mcp'`, whose clients have to sign in, and for an
 * unknown option. Startup fails for a kind that the application does not have
 * @example
 * ```ts
 * @Get('shares/:shareId')
 * @OptionalCaller('user')
 * @RequireShareLink() // a rule of the application
 * show(@CurrentCaller() caller: Caller | null) {}
 * ```
 *
 * @publicApi
 */
export function OptionalCaller(
  ...kinds: CallerKindName[] | [...CallerKindName[], UncheckedOrgOption]
): AccessDecorator {
  const { decorator, accepted, options } = readCallerKinds('@OptionalCaller', kinds);
  if (accepted.includes('mcp')) {
    throw new TypeError(
      `${decorator} names 'mcp', but an MCP server asks its clients to sign in. Use @RequireMcpToken() or @Public().`,
    );
  }
  return createAccessDecorator({
    callers: optionalCallersOfKinds(accepted),
    ...uncheckedOrgRule(decorator, options),
    decorator,
  });
}
