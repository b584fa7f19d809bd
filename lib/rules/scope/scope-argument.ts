import { isScope } from '../../values/is-scope.js';

/**
 * Checks the scopes of a decorator, for callers without type checks.
 *
 * @returns a copy: the list may change later, the rule must not
 * @throws {TypeError} when they are not a list, when the list is empty, and when one of them is not a scope
 */
export function checkScopes(decorator: string, scopes: unknown): readonly string[] {
  if (!Array.isArray(scopes) || scopes.length === 0) {
    throw new TypeError(
      `The scopes of ${decorator} are not a list with at least one scope. Pass a list such as ['read:reports'], or leave ` +
        'the option out.',
    );
  }
  return [...(scopes as unknown[])].map((scope) => checkScope(decorator, scope));
}

/** @throws {TypeError} when the value is not a scope */
export function checkScope(decorator: string, scope: unknown): string {
  if (isScope(scope)) return scope;
  throw new TypeError(
    `${decorator} needs a scope of OAuth 2.0: ASCII without spaces, quotation marks and backslashes, such as ` +
      "'read:reports'. Use one @RequireScope() for each of several scopes.",
  );
}
