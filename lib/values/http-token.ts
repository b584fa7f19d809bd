const HTTP_TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;

/** Whether a value is a token of HTTP, as the names of headers and cookies are (RFC 9110, section 5.6.2; RFC 6265, section 4.1.1). */
export function isHttpToken(value: unknown): value is string {
  return typeof value === 'string' && HTTP_TOKEN.test(value);
}
