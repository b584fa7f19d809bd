import { callersOfKinds } from '../rules/callers.js';
import { createAccessDecorator, type AccessDecorator } from './access.decorator.js';

/**
 * A kind of callers: users with an access token, scripts with an end-user API key, MCP clients with a token for the plugin `mcpServer()`.
 *
 * @publicApi
 */
export type CallerKindName = 'user' | 'api-key' | 'mcp';

/** In the order in which descriptions name them. */
const KINDS: readonly CallerKindName[] = ['user', 'api-key', 'mcp'];

/**
 * Requires a caller of one of these kinds. `@RequireUser()`, `@RequireApiKey()`, `@RequireUserOrApiKey()` and `@RequireMcpToken()` are
 * shorthands of it, with options.
 *
 * @param kinds the accepted kinds, each once, in any order: `'user'`, `'api-key'`, or `'mcp'` alone. An MCP server accepts only tokens
 * issued for it (MCP specification 2026-07-28, "Token Handling")
 * @returns a decorator for controllers and their methods
 * @throws {TypeError} without a kind, for an unknown kind, a kind twice, and `'mcp'` together with another kind
 * @example
 * ```ts
 * @Get('/reports')
 * @RequireCaller('user', 'api-key')
 * @RequireOrgMember({ org: activeOrg() })
 * list(@CurrentOrg() org: OrgMemberInfo, @CurrentUser() user: User | null) {
 *   return this.reports.findRead(org.orgId, { readBy: user?.userId ?? 'script' });
 * }
 * ```
 *
 * @publicApi
 */
export function RequireCaller(...kinds: CallerKindName[]): AccessDecorator {
  const decorator = `@RequireCaller(${kinds.map((kind) => `'${kind}'`).join(', ')})`;
  checkKinds(decorator, kinds);
  const accepted = KINDS.filter((kind) => kinds.includes(kind));
  return createAccessDecorator({
    kind: 'caller',
    callers: callersOfKinds(Object.fromEntries(accepted.map((kind) => [kind, undefined]))),
    decorator,
  });
}

/** @throws {TypeError} for kinds that the types do not allow, and for those that no handler can accept together */
function checkKinds(decorator: string, kinds: readonly CallerKindName[]): void {
  if (kinds.length === 0) {
    throw new TypeError(
      `${decorator} names no kind of callers. Name one or more of ${quoted(KINDS)}.`,
    );
  }
  if (!kinds.every((kind) => KINDS.includes(kind))) {
    throw new TypeError(
      `${decorator} names an unknown kind of callers. The kinds are ${quoted(KINDS)}.`,
    );
  }
  if (new Set(kinds).size < kinds.length) {
    throw new TypeError(`${decorator} names a kind twice. Name each once.`);
  }
  if (kinds.includes('mcp') && kinds.length > 1) {
    throw new TypeError(
      `${decorator} names 'mcp' together with another kind, but an MCP server accepts only tokens issued for it. Use two handlers.`,
    );
  }
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(', ');
}
