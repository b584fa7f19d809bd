import type { CallerKindName } from '../types/caller.js';
import { isKindName, KINDS_OF_PROPELAUTH } from '../rules/caller-kind-names.js';
import { callersOfKinds } from '../rules/callers.js';
import { createAccessDecorator, type AccessDecorator } from '../rules/access.decorator.js';
import { checkDecoratorOptions } from '../rules/decorator-options.js';
import { uncheckedOrgRule, type UncheckedOrgOption } from '../rules/unchecked-org-option.js';
import { assertDefinedArguments } from '../values/defined-arguments.js';

/**
 * Requires a caller of one of these kinds. `@RequireUser()`, `@RequireApiKey()`, `@RequireUserOrApiKey()` and `@RequireMcpToken()` are
 * shorthands of it, with options.
 *
 * @param kinds the accepted kinds, each once, in any order: `'user'`, `'api-key'`, your own kinds ({@link CallerKind}), or `'mcp'` alone. An
 * MCP server accepts only tokens issued for it (MCP specification 2026-07-28, "Token Handling"). {@link UncheckedOrgOption} may be the last
 * argument
 * @returns a decorator for controllers and their methods
 * @throws {TypeError} without a kind, for a value that is not the name of a kind, for a kind twice, for `'mcp'` together with another kind,
 * and for an unknown option. Startup fails for a kind that the application does not have
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
export function RequireCaller(
  ...kinds: CallerKindName[] | [...CallerKindName[], UncheckedOrgOption]
): AccessDecorator {
  const { decorator, accepted, options } = readCallerKinds('@RequireCaller', kinds);
  if (accepted.length === 0) {
    throw new TypeError(
      `${decorator} names no kind of callers. Name one or more of ${quoted(KINDS_OF_PROPELAUTH)}, or kinds of your own.`,
    );
  }
  return createAccessDecorator({
    callers: callersOfKinds(Object.fromEntries(accepted.map((kind) => [kind, undefined]))),
    ...uncheckedOrgRule(decorator, options),
    decorator,
  });
}

/**
 * Reads the arguments of a decorator that names kinds of callers.
 *
 * @returns the decorator with its kinds, for messages; the kinds in the order in which descriptions name them; and the options
 * @throws {TypeError} for what the types do not allow
 */
export function readCallerKinds(
  name: string,
  given: readonly (CallerKindName | UncheckedOrgOption)[],
): { decorator: string; accepted: CallerKindName[]; options: UncheckedOrgOption } {
  assertDefinedArguments(`${name}()`, given);
  const last = given.at(-1);
  const hasOptions = typeof last === 'object' && last !== null;
  const kinds = (hasOptions ? given.slice(0, -1) : given) as CallerKindName[];
  const options = hasOptions ? last : {};
  const decorator = `${name}(${kinds.map((kind) => `'${kind}'`).join(', ')})`;
  checkKinds(decorator, kinds);
  checkDecoratorOptions(decorator, options, ['uncheckedOrg']);
  const accepted = [
    ...(KINDS_OF_PROPELAUTH as CallerKindName[]).filter((kind) => kinds.includes(kind)),
    ...kinds.filter((kind) => !KINDS_OF_PROPELAUTH.includes(kind)).toSorted(),
  ];
  return { decorator, accepted, options };
}

/** @throws {TypeError} for kinds that the types do not allow, and for those that no handler can accept together */
function checkKinds(decorator: string, kinds: readonly CallerKindName[]): void {
  if (!kinds.every(isKindName)) {
    throw new TypeError(
      `${decorator} names no kind of callers. The kinds are ${quoted(KINDS_OF_PROPELAUTH)}, and your own, such as 'service-token'.`,
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
