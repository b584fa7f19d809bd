import { isScope } from '../../values/is-scope.js';
import { checkAll, checkAlternatives, isAnyOf } from '../required-names.js';
import type { ScopeRequirement } from './scope-requirement.js';

/**
 * Checks what `@RequireScope()` requires, for callers without type checks.
 *
 * @throws {TypeError} when there is no scope, and when one is not a scope
 */
export function checkScopeRequirements(decorator: string, given: unknown): ScopeRequirement[] {
  const check = (scope: unknown) => checkScope(decorator, scope);
  if (!isAnyOf(given)) return checkAll('scope', given, check);
  return [{ anyOf: checkAlternatives('scope', given, check) }];
}

/** @throws {TypeError} when the value is not a scope */
function checkScope(decorator: string, scope: unknown): string {
  if (isScope(scope)) return scope;
  throw new TypeError(
    `${decorator} needs a scope of OAuth 2.0: ASCII without spaces, quotation marks and backslashes, such as ` +
      "'read:reports'. Pass several scopes as a list.",
  );
}
