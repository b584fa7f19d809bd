import { Rejection } from '../rejections/rejection.js';
import type { RequestHeaders } from './request-headers.js';

/** Four times what Node.js accepts in all headers by default. */
const MAXIMUM_LENGTH = 65_536;

/**
 * The value of a cookie, exactly as it was sent: percent signs are not decoded, and quotation marks are part of the value (RFC 6265, section
 * 5.4). Names match exactly. Several Cookie headers, as HTTP/2 allows, are one list, because Node.js joins them.
 *
 * @returns `undefined` without the cookie, and for an empty one
 * @throws {Rejection} `credentials_ambiguous` for two cookies of this name with different values: a subdomain can set one of the two.
 * `token_malformed` for cookies of more than 65,536 characters
 */
export function readCookie({ headers }: RequestHeaders, name: string): string | undefined {
  const cookies: unknown = headers.cookie;
  if (cookies === undefined) return undefined;
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
    if (end < 0 || pair.slice(0, end).trim() !== name) return [];
    return [pair.slice(end + 1).trim()];
  });
}
