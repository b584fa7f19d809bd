import { createAccessDecorator, type AccessDecorator } from '../access.decorator.js';
import type { CallerKindName } from '../../types/caller.js';
import { checkOwnKind } from '../caller-kind-names.js';
import { checkDecoratorOptions } from '../decorator-options.js';
import type { AnyOf } from '../required-names.js';
import { checkScopeRequirements } from './scope-argument.js';
import { scopeRule } from './scope-rule.js';
import { assertDefinedArguments } from '../../values/defined-arguments.js';

/**
 * The options of {@link RequireScope}.
 *
 * @publicApi
 */
export interface RequireScopeOptions {
  /** The only kind of callers that needs the scope. Default: all that the handler accepts. */
  of?: CallerKindName;
}

/**
 * Requires one scope of the caller's credential, all of several, or one of several. Scopes of the handler, the class and its parent classes
 * add up.
 *
 * Where no other decorator names the callers, they are MCP clients (`@RequireMcpToken()`), or those of the kind `of`. An MCP token without
 * them gets 403 `insufficient_scope` with all scopes that the call needs, so that the client can ask the user for them.
 *
 * @param scope the scope: for MCP clients one of `mcpServer.scopes`, for one of your own kinds of callers what its `scopes()` returns. Scopes that
 * include it are enough. A list: all of its scopes are required. `{ anyOf }`: one of its scopes is enough; challenges name the first
 * @param options `of`: the only kind that needs it, where a handler accepts others that have no scopes, such as users. Default: all
 * @returns a decorator for controllers and their methods
 * @throws {TypeError} for an empty list, what is not a scope of OAuth 2.0 (RFC 6749, section 3.3), and a kind without scopes
 * @see MCP specification 2026-07-28, "Authorization", "Scope Challenge Handling"
 * @example
 * ```ts
 * @Post('mcp/reports')
 * @RequireScope('read:reports')
 * list(@CurrentMcpToken('orgId') orgId: string) {
 *   return this.reports.findByOrg(orgId);
 * }
 * ```
 *
 * @publicApi
 */
export function RequireScope(
  scope: string | readonly string[] | AnyOf<string>,
  options: RequireScopeOptions = {},
): AccessDecorator {
  const decorator = '@RequireScope()';
  assertDefinedArguments(decorator, arguments);
  checkDecoratorOptions(decorator, options, ['of']);
  const argument = checkScopeRequirements(decorator, scope);
  // MCP clients are never accepted together with others.
  const of =
    options.of === undefined
      ? undefined
      : checkOwnKind(decorator, options.of, ', or leave it out.');
  return createAccessDecorator({ type: scopeRule, argument, of, decorator });
}
