import { PropelAuthConfigurationError } from '../options/configuration.error.js';
import { checkBoolean, checkOptions } from '../options/option-checks.js';
import { parseOrigins } from '../options/origin.js';
import type { TokenSource } from '../options/token-source.interface.js';
import { Rejection } from '../rejections/rejection.js';
import { isHttpToken } from '../values/http-token.js';
import { callOf } from './call-of.js';
import { readCookie } from './cookies.js';
import { assertNotCrossSite } from './cross-site.js';
import { createTokenSource } from './built-in-token-sources.js';
import { assertDefinedArguments, assertDefinedOptions } from '../values/defined-arguments.js';

/**
 * The options of {@link tokenFromCookie}.
 *
 * @publicApi
 */
export interface TokenFromCookieOptions {
  /**
   * Whether the token may be in the standard place of the transport instead, such as the `Authorization` header. Default: `false`; then only
   * the cookie counts.
   */
  orHeader?: boolean;

  /**
   * The origins of other web pages that may use the cookie, such as `['https://app.example.com']`. List the API's own origin here if a proxy
   * changes the `Host` header. Default: none; then only pages of the API's own origin may.
   */
  allowedOrigins?: readonly string[];
}

/**
 * Reads the access token from a cookie. Browsers send cookies with the requests of any web page. Therefore the cookie counts only for pages of
 * the API's own origin and of `allowedOrigins`, as `Sec-Fetch-Site` or `Origin` says: HTTP requests with a foreign `Origin`, GraphQL operations and
 * WebSocket connections of other pages get 403 (`origin_not_allowed`), and so do their HTTP requests without an `Origin`, except `GET`, `HEAD` and
 * `OPTIONS`. A token in a header is not under this rule.
 *
 * A cookie sent twice with different values, and a cookie and a header with different tokens, get 401 (`credentials_ambiguous`).
 *
 * @param name the name of the cookie. Prefer a name with the prefix `__Host-`: other subdomains cannot set such a cookie
 * @param options `orHeader`: whether a header may contain the token instead. Default: `false`. `allowedOrigins`: the origins of other pages
 * that may use the cookie. Default: none
 * @returns the source, for the option `tokenSource` of the module or a decorator. It returns the value of the cookie as it was sent, without
 * decoding it
 * @throws {TypeError} for an argument or option that is `undefined`
 * @throws {PropelAuthConfigurationError} if the name is not a cookie name (RFC 6265, section 4.1.1), or an option is wrong
 * @example
 * ```ts
 * PropelAuthModule.forRoot({
 *   authUrl,
 *   apiKey,
 *   tokenSource: tokenFromCookie('__Host-access_token', { orHeader: true }),
 * })
 * ```
 *
 * @publicApi
 */
export function tokenFromCookie(name: string, options: TokenFromCookieOptions = {}): TokenSource {
  assertDefinedArguments('tokenFromCookie()', arguments);
  assertCookieName(name);
  const given = checkOptions(
    'tokenFromCookie',
    options,
    ['orHeader', 'allowedOrigins'],
    'Pass { orHeader, allowedOrigins } after the name of the cookie, or leave it out.',
  );
  assertDefinedOptions('tokenFromCookie()', options);
  const orHeader = checkBoolean('tokenFromCookie.orHeader', given.orHeader, false);
  const allowedOrigins = parseOrigins(ALLOWED_ORIGINS, given.allowedOrigins);
  return createTokenSource({ cookie: name, readsHeader: orHeader }, (context) => {
    const call = callOf(context);
    const inHeader = orHeader ? call.readToken() : undefined;
    const inCookie = call.request && readCookie(call.request, name);
    if (inCookie === undefined) return inHeader;
    if (inHeader !== undefined && inHeader !== inCookie) {
      throw new Rejection('credentials_ambiguous');
    }
    assertNotCrossSite(call, allowedOrigins, ALLOWED_ORIGINS);
    return inCookie;
  });
}

const ALLOWED_ORIGINS = 'tokenFromCookie.allowedOrigins';

function assertCookieName(name: unknown): void {
  if (isHttpToken(name)) return;
  throw new PropelAuthConfigurationError(
    "tokenFromCookie() needs the name of a cookie: letters, digits and !#$%&'*+-.^_`|~. Pass a name such as " +
      "'__Host-access_token'.",
  );
}
