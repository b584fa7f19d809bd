const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/** Whether a value can be the scope of an access token: visible ASCII without quotation marks and backslashes (RFC 6749, section 3.3). */
export function isScope(value: unknown): value is string {
  return typeof value === 'string' && SCOPE.test(value);
}
