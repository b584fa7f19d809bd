import { parseOrigins } from '../../options/origin.js';
import type { CredentialPlace } from '../../options/caller-kind.interface.js';
import { isHttpToken } from '../../values/http-token.js';
import type { CoreCredentialPlace } from '../core-kind.js';

/** Headers in which other credentials are. */
const TAKEN_HEADERS: readonly string[] = ['authorization', 'cookie', 'proxy-authorization'];

/** A place as calls are searched. */
export function searchedPlace(option: string, place: CredentialPlace): CoreCredentialPlace {
  if (!('cookie' in place)) return place;
  const allowedOrigins = parseOrigins(`${option}.allowedOrigins`, place.allowedOrigins);
  return { cookie: place.cookie, allowedOrigins };
}

/** What is wrong with a place; `undefined` if nothing is. */
export function mistakeInPlace(place: unknown, issuerOfUsers: string): string | undefined {
  const { allowedOrigins, issuer, ...named } = Object(place) as Record<string, unknown>;
  const [[where, name] = [], ...others] = Object.entries(named);
  if (where === undefined || others.length > 0) {
    return "each place has one of header, cookie, query, path and bearer, as in { header: 'x-service-token' }.";
  }
  if (issuer !== undefined && name !== 'jwt') return 'only { bearer: "jwt" } has an issuer.';
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
    case 'bearer':
      return issuer === issuerOfUsers
        ? "its issuer is that of this application's users. Use the kind 'user' for them."
        : mistakeInBearer(name, issuer);
    default:
      return `there is no place ${where}. The places are header, cookie, query, path and bearer.`;
  }
}

function mistakeInHeader(name: unknown): string | undefined {
  if (!isHttpToken(name)) return 'its header is not a header name.';
  return TAKEN_HEADERS.includes(name.toLowerCase())
    ? `the header ${name} has credentials of other kinds. Use { bearer: 'opaque' }, { bearer: 'jwt', issuer } or { cookie }.`
    : undefined;
}

function mistakeInBearer(form: unknown, issuer: unknown): string | undefined {
  if (form === 'opaque') return undefined;
  if (form !== 'jwt') return "bearer is 'opaque' or 'jwt'.";
  return typeof issuer === 'string' && issuer !== ''
    ? undefined
    : "{ bearer: 'jwt' } needs the issuer of its tokens: the value of their claim iss.";
}
