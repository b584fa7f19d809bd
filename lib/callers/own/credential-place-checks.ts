import { parseOrigins } from '../../options/origin.js';
import type { CredentialPlace } from '../../options/caller-kind.interface.js';
import { isPlainObject } from '../../values/json-object.js';
import { isHttpToken } from '../../values/http-token.js';
import type { CoreCredentialPlace } from '../core-kind.js';

/** Visible ASCII without spaces, which HTTP drops at the ends of a header. */
const VISIBLE = /^[!-~]+$/;

/** Headers in which other credentials are. */
const TAKEN_HEADERS: readonly string[] = ['authorization', 'cookie', 'proxy-authorization'];

/** A place as calls are searched. */
export function searchedPlace(option: string, place: CredentialPlace): CoreCredentialPlace {
  if ('scheme' in place) {
    const { scheme, prefix = '', claims } = place;
    return claims === undefined ? { scheme, prefix } : { scheme, claims: { ...claims } };
  }
  if (!('cookie' in place)) return place;
  const allowedOrigins = parseOrigins(`${option}.allowedOrigins`, place.allowedOrigins);
  return { cookie: place.cookie, allowedOrigins };
}

/** What is wrong with a place; `undefined` if nothing is. */
export function mistakeInPlace(place: unknown, issuerOfUsers: string): string | undefined {
  if (Object.values(Object(place) as object).includes(undefined)) {
    return 'a property of it is undefined. Set it, or leave it out.';
  }
  const { allowedOrigins, prefix, claims, ...named } = Object(place) as Record<string, unknown>;
  const [[where, name] = [], ...others] = Object.entries(named);
  if (where === undefined || others.length > 0) {
    return "each place has one of header, cookie, query, path and scheme, as in { header: 'x-service-token' }.";
  }
  if ((prefix !== undefined || claims !== undefined) && where !== 'scheme') {
    return 'only a scheme has prefix or claims.';
  }
  if (allowedOrigins !== undefined && where !== 'cookie') {
    return 'only a cookie has allowedOrigins.';
  }
  switch (where) {
    case 'header':
      return mistakeInHeader(name);
    case 'cookie':
      return isHttpToken(name) ? undefined : 'its cookie is not a cookie name.';
    case 'query':
    case 'path':
      return typeof name === 'string' && name !== ''
        ? undefined
        : `its ${where} is not a parameter name.`;
    case 'scheme':
      return mistakeAfterScheme(name, prefix, claims, issuerOfUsers);
    default:
      return `there is no place ${where}. The places are header, cookie, query, path and scheme.`;
  }
}

function mistakeInHeader(name: unknown): string | undefined {
  if (!isHttpToken(name)) return 'its header is not a header name.';
  return TAKEN_HEADERS.includes(name.toLowerCase())
    ? `the header ${name} has credentials of other kinds. Use { scheme: 'Bearer' }, with prefix or claims, or { cookie }.`
    : undefined;
}

function mistakeAfterScheme(
  scheme: unknown,
  prefix: unknown,
  claims: unknown,
  issuerOfUsers: string,
): string | undefined {
  if (!isHttpToken(scheme)) return "its scheme is not the name of one, such as 'Bearer'.";
  if (prefix !== undefined && claims !== undefined) {
    return 'it has both prefix and claims. Text with a prefix is no JSON Web Token: use two places.';
  }
  if (prefix !== undefined) {
    return typeof prefix === 'string' && VISIBLE.test(prefix)
      ? undefined
      : "its prefix is not visible text without spaces, such as 'pat.'.";
  }
  return claims === undefined ? undefined : mistakeInClaims(claims, issuerOfUsers);
}

function mistakeInClaims(claims: unknown, issuerOfUsers: string): string | undefined {
  if (!isPlainObject(claims) || !Object.values(claims).every(isClaimValue)) {
    return 'each of its claims is a string, or null for a claim that the tokens do not have.';
  }
  if (!Object.hasOwn(claims, 'iss')) {
    return 'its claims need iss: the issuer of its tokens, or null if they have none.';
  }
  return claims['iss'] === issuerOfUsers
    ? "its issuer is that of this application's users. Use the kind 'user' for them."
    : undefined;
}

function isClaimValue(value: unknown): boolean {
  return value === null || (typeof value === 'string' && value !== '');
}
