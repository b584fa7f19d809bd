const VISIBLE_ASCII = /^[\x21-\x7e]+$/;

/**
 * Whether a value from a caller may be a secret of PropelAuth: visible ASCII, not empty, and not longer than such secrets are. PropelAuth
 * is not asked about other values.
 */
export function isPlausibleSecret(value: unknown, maximumLength: number): value is string {
  return typeof value === 'string' && value.length <= maximumLength && VISIBLE_ASCII.test(value);
}
