/** The kinds of callers of PropelAuth, in the order in which descriptions name them. */
export const KINDS_OF_PROPELAUTH: readonly string[] = ['user', 'api-key', 'mcp'];

const NAME = /^[a-z][a-z\d]*(?:-[a-z\d]+)*$/;

/** Words that mean something else in descriptions of a handler, in its OpenAPI security and in the keys of `callerKey()`. */
const OTHER_WORDS: readonly string[] = [
  'open',
  'public',
  'optional',
  'nobody',
  'org',
  'ip',
  'bearer',
  'oauth2',
];

/**
 * Checks the option `of` of a decorator.
 *
 * @param advice what to do instead, at the end of the message
 * @throws {TypeError} unless it names one of the application's own kinds
 */
export function checkOwnKind(decorator: string, kind: unknown, advice: string): string {
  if (isKindName(kind) && !KINDS_OF_PROPELAUTH.includes(kind)) return kind;
  throw new TypeError(
    `${decorator}: the option of is not one of your own kinds of callers. Set it to the name of one${advice}`,
  );
}

/** Whether a value can be the name of a kind of callers. Descriptions put `or` between names: `user-or-service`. */
export function isKindName(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    NAME.test(value) &&
    !value.split('-').includes('or') &&
    !OTHER_WORDS.includes(value)
  );
}
