const VISIBLE_ASCII = /^[\x21-\x7e]+$/;

/**
 * Whether something that a caller sent may be a secret that PropelAuth made: a text of visible ASCII, neither empty nor
 * longer than such secrets are. What is not is no reason to ask PropelAuth.
 */
export function isPlausibleSecret(value: unknown, maximumLength: number): value is string {
  return typeof value === 'string' && value.length <= maximumLength && VISIBLE_ASCII.test(value);
}
