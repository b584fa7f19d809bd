import type { CoreKind, CoreCredentialPlace } from './core-kind.js';

/** The place that two kinds of callers have in common, in words; `undefined` if they have none. */
export function sharedPlace(one: CoreKind, other: CoreKind): string | undefined {
  const places = other.credential.map(placeInWords);
  return one.credential.map(placeInWords).find((place) => places.includes(place));
}

/** A place where a credential is, in words. Equal places have the same words. */
export function placeInWords(place: CoreCredentialPlace): string {
  if ('header' in place) return `the header ${place.header.toLowerCase()}`;
  if ('cookie' in place) return `the cookie ${place.cookie}`;
  if ('query' in place) return `the query parameter ${place.query}`;
  if ('path' in place) return `the path parameter ${place.path}`;
  if (place.bearer === 'opaque') return 'opaque text after Bearer';
  return place.issuer === undefined ? 'the access token' : `tokens of ${place.issuer}`;
}

/** Whether callers of a kind have access tokens, whoever issued them. */
export function hasTokens({ credential }: CoreKind): boolean {
  return credential.some((place) => 'bearer' in place && place.bearer === 'jwt');
}

/** Whether callers of a kind have access tokens of users, in the place for those of any issuer. */
export function hasTokensOfUsers({ credential }: CoreKind): boolean {
  return credential.some(
    (place) => 'bearer' in place && place.bearer === 'jwt' && place.issuer === undefined,
  );
}

/** Whether a kind has a credential after `Bearer`. */
export function hasBearer({ credential }: CoreKind): boolean {
  return credential.some((place) => 'bearer' in place);
}
