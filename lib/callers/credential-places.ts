import type { TokenClaims } from '../options/caller-kind.interface.js';
import type { JsonObject } from '../values/json-object.js';
import type { CoreCredentialPlace, CoreKind, JwtPlace, OpaquePlace } from './core-kind.js';

/** Where the access tokens of users are. */
export const TOKENS_OF_USERS: JwtPlace = { scheme: 'Bearer', claims: undefined };

/** Where PropelAuth's API keys and the tokens of MCP clients are. */
export const OPAQUE_BEARER: OpaquePlace = { scheme: 'Bearer', prefix: '', isUndotted: true };

/** A place of one kind that a credential of another kind may be in as well, in words; `undefined` if there is none. */
export function sharedPlace(one: CoreKind, other: CoreKind): string | undefined {
  const shared = one.credential.find((place) =>
    other.credential.some((another) => overlap(place, another)),
  );
  return shared && placeInWords(shared);
}

/** Two places of one kind that a credential may both be in, in words; `undefined` if there are none. */
export function overlapIn(places: readonly CoreCredentialPlace[]): string | undefined {
  for (const [index, one] of places.entries()) {
    const other = places.slice(index + 1).find((another) => overlap(one, another));
    if (other !== undefined) return `${placeInWords(one)}, and ${placeInWords(other)}`;
  }
  return undefined;
}

/** Whether one text may be a credential in both places. Tokens of users have an issuer that those of other kinds cannot have. */
function overlap(one: CoreCredentialPlace, other: CoreCredentialPlace): boolean {
  if (!('scheme' in one) || !('scheme' in other)) return placeInWords(one) === placeInWords(other);
  if (!isScheme(one, other.scheme)) return false;
  if ('claims' in one && 'claims' in other) {
    if (one.claims === undefined || other.claims === undefined) return one.claims === other.claims;
    return !areContrary(one.claims, other.claims);
  }
  if ('claims' in one || 'claims' in other) return false;
  return one.prefix.startsWith(other.prefix) || other.prefix.startsWith(one.prefix);
}

function areContrary(one: TokenClaims, other: TokenClaims): boolean {
  return Object.entries(one).some(
    ([claim, value]) => Object.hasOwn(other, claim) && other[claim] !== value,
  );
}

/** A place where a credential is, in words. */
export function placeInWords(place: CoreCredentialPlace): string {
  if ('header' in place) return `the header ${place.header.toLowerCase()}`;
  if ('cookie' in place) return `the cookie ${place.cookie}`;
  if ('query' in place) return `the query parameter ${place.query}`;
  if ('path' in place) return `the path parameter ${place.path}`;
  const { scheme } = place;
  if ('prefix' in place) {
    const begin = place.prefix && ` that begins with ${place.prefix}`;
    return `opaque text after ${scheme}${begin}`;
  }
  if (place.claims === undefined) return 'the access token';
  const { iss, ...others } = place.claims;
  const ofIssuer = iss === null ? 'tokens without an issuer' : `tokens of ${iss}`;
  const after = isBearer(place) ? '' : ` after ${scheme}`;
  return [ofIssuer + after, ...Object.entries(others).map(claimInWords)].join(', ');
}

function claimInWords([claim, value]: [string, string | null]): string {
  return value === null ? `no ${claim}` : `${claim} ${value}`;
}

/** Schemes are compared without case (RFC 9110, section 11.1). */
export function isScheme({ scheme }: { readonly scheme: string }, other: string): boolean {
  return scheme.toLowerCase() === other.toLowerCase();
}

export function isBearer(place: OpaquePlace | JwtPlace): boolean {
  return isScheme(place, 'Bearer');
}

/** Whether a token has the claims that tell the tokens of a kind apart. */
export function haveClaims(claims: JsonObject, expected: TokenClaims): boolean {
  return Object.entries(expected).every(([claim, value]) =>
    value === null ? !Object.hasOwn(claims, claim) : claims[claim] === value,
  );
}

/** The places of a kind after schemes of the Authorization header. */
export function schemePlacesOf({ credential }: CoreKind): (OpaquePlace | JwtPlace)[] {
  return credential.filter((place) => 'scheme' in place);
}

/** Whether callers of a kind have access tokens, whoever issued them. */
export function hasTokens(kind: CoreKind): boolean {
  return schemePlacesOf(kind).some((place) => 'claims' in place && isBearer(place));
}

/** Whether callers of a kind have access tokens of users, in the place for those of any issuer. */
export function hasTokensOfUsers({ credential }: CoreKind): boolean {
  return credential.includes(TOKENS_OF_USERS);
}

/** Whether a kind has a credential after `Bearer`. */
export function hasBearer(kind: CoreKind): boolean {
  return schemePlacesOf(kind).some(isBearer);
}

/** The challenge of a kind with credentials after other schemes than Bearer (RFC 9110, section 11.6.1); `undefined` without any. */
export function challengeOfSchemes(kind: CoreKind): string | undefined {
  const places = schemePlacesOf(kind);
  if (places.every(isBearer)) return undefined;
  return [...new Set(places.map(({ scheme }) => scheme))].join(', ');
}
