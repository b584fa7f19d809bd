/** A scope of OAuth 2.0: printable ASCII without a space, a quotation mark and a backslash (RFC 6749, section 3.3). */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/**
 * Checks the scopes of a decorator, for callers without type checks.
 *
 * @throws {TypeError} when they are no list, when it is empty, and when one of them is not a scope
 */
export function checkScopes(decorator: string, scopes: unknown): readonly string[] {
  if (!Array.isArray(scopes) || scopes.length === 0) {
    throw new TypeError(
      `The scopes of ${decorator} are not a list with at least one scope. Give one such as ['read:reports'], or leave the option out.`,
    );
  }
  // Copied: the list may change later, the rule must not.
  return scopes.map((scope) => checkScope(decorator, scope));
}

/** @throws {TypeError} when it is not a scope */
export function checkScope(decorator: string, scope: unknown): string {
  if (typeof scope === 'string' && SCOPE.test(scope)) return scope;
  throw new TypeError(
    `${decorator} needs a scope of OAuth 2.0: printable ASCII without spaces, quotation marks and backslashes, such as 'read:reports'. ` +
      'Several scopes are several strings.',
  );
}
