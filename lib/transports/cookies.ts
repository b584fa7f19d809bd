import { Rejection } from '../rejections/rejection.js';
import { readOnce } from './read-once.js';
import type { RequestHeaders } from './request-headers.js';

/** Four times what Node.js accepts in all headers by default. */
const MAXIMUM_LENGTH = 65_536;

/**
 * The value of a cookie, exactly as it was sent: percent signs are not decoded, and quotation marks are part of the value (RFC 6265, section
 * 5.4). Names match exactly, but for the spaces and tabs around them (section 5.2). Several Cookie headers, as HTTP/2 allows, are one list, because Node.js joins them.
 *
 * @returns `undefined` without the cookie, and for an empty one
 * @throws {Rejection} `credentials_ambiguous` for two cookies of this name with different values: a subdomain can set one of the two.
 * `token_malformed` for cookies of more than 65,536 characters
 */
export function readCookie(request: RequestHeaders, name: string): string | undefined {
  const cookies: unknown = request.headers.cookie;
  if (cookies === undefined) return undefined;
  return readOnce(request, `the cookie ${name}`, cookies, () => valueIn(cookies, name));
}

function valueIn(cookies: unknown, name: string): string | undefined {
  if (typeof cookies !== 'string' || cookies.length > MAXIMUM_LENGTH) {
    throw new Rejection('token_malformed');
  }
  const [value, ...others] = new Set(valuesOf(cookies, name));
  if (others.length > 0) throw new Rejection('credentials_ambiguous');
  return value === '' ? undefined : value;
}

function valuesOf(cookies: string, name: string): string[] {
  return cookies.split(';').flatMap((pair) => {
    const end = pair.indexOf('=');
    if (end < 0 || withoutWhiteSpace(pair.slice(0, end)) !== name) return [];
    return [withoutWhiteSpace(pair.slice(end + 1))];
  });
}

/**
 * Only spaces and tabs are white space in a cookie. `trim()` also removes the no-break space, so that a subdomain could send `__Host-session`
 * under a name that browsers let it set.
 */
function withoutWhiteSpace(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && isWhiteSpace(text[start])) start++;
  while (end > start && isWhiteSpace(text[end - 1])) end--;
  return text.slice(start, end);
}

function isWhiteSpace(character: string | undefined): boolean {
  return character === ' ' || character === '\t';
}
