import { decodeProtectedHeader } from 'jose/decode/protected_header';
import { decodeJwt } from 'jose/jwt/decode';
import { Rejection } from '../rejections/rejection.js';
import type { Call, CallPart } from '../transports/call.js';
import { readCookie } from '../transports/cookies.js';
import {
  hasThreeParts,
  readAuthorization,
  readCredentialHeader,
} from '../transports/credential-headers.js';
import { assertNotCrossSite } from '../transports/cross-site.js';
import type { JsonObject } from '../values/json-object.js';
import type { CoreCredentialPlace, CoreKind, JwtPlace, OpaquePlace } from './core-kind.js';
import {
  hasBearer,
  hasTokens,
  hasTokensOfUsers,
  haveClaims,
  isBearer,
  isScheme,
  OPAQUE_BEARER,
  schemePlacesOf,
  TOKENS_OF_USERS,
} from './credential-places.js';
import { MAXIMUM_TOKEN_LENGTH } from './user/token-shape.js';

/** The credential of a call, and the kind of callers that has such credentials. */
export interface Credential {
  readonly kind: CoreKind;
  readonly text: string;
}

/**
 * Finds the credential of a call among those that some kinds of callers have.
 *
 * @param readToken reads the access token, which may be elsewhere than in a header
 * @returns `undefined` without any
 * @throws {Rejection} for more than one, and for one that is malformed
 */
export function findCredential(
  call: Call,
  kinds: readonly CoreKind[],
  readToken: () => string | undefined,
): Credential | undefined {
  const [kind, ...others] = kinds;
  if (kind === undefined) return undefined;
  if (others.length === 0 && kind.find !== undefined) return credentialOf(kind, kind.find(call));
  const [found, ...more] = [...findInPlaces(call, kinds), ...findAfterSchemes(call, kinds)];
  if (more.length > 0) throw new Rejection('credentials_ambiguous');
  if (!kinds.some(hasBearer)) return found;
  const token = readToken();
  if (token === undefined) return found;
  if (found === undefined) return ofToken(kinds, token);
  // Opaque text after Bearer is found a second time, as the token.
  if (token !== found.text) throw new Rejection('credentials_ambiguous');
  return found;
}

/** The credentials in places that each belong to one kind alone. */
function findInPlaces(call: Call, kinds: readonly CoreKind[]): Credential[] {
  return kinds.flatMap((kind) =>
    kind.credential.flatMap((place) => credentialOf(kind, readPlace(call, place)) ?? []),
  );
}

function readPlace(call: Call, place: CoreCredentialPlace): string | undefined {
  const { request } = call;
  if ('query' in place) return readParameter(call, 'query', place.query);
  if ('path' in place) return readParameter(call, 'path', place.path);
  if (request === undefined || 'scheme' in place) return undefined;
  if ('header' in place) return readCredentialHeader(request, place.header.toLowerCase());
  const text = readCookie(request, place.cookie);
  if (text === undefined) return undefined;
  assertNotCrossSite(call, place.allowedOrigins, 'allowedOrigins of the kind of callers');
  return text;
}

function readParameter(call: Call, part: CallPart, name: string): string | undefined {
  const parameters = call.part(part);
  if (typeof parameters !== 'object' || parameters === null) return undefined;
  const value: unknown = Object.hasOwn(parameters, name)
    ? (parameters as Record<string, unknown>)[name]
    : undefined;
  if (value === undefined || value === '') return undefined;
  // A parameter that is there several times.
  if (typeof value !== 'string') throw new Rejection('credentials_ambiguous');
  return value;
}

/** The credentials after schemes of the Authorization header, without the tokens after Bearer, which may be elsewhere. */
function findAfterSchemes({ request }: Call, kinds: readonly CoreKind[]): Credential[] {
  if (request === undefined || kinds.every(hasNoSchemeOfItsOwn)) return [];
  const sent = readAuthorization(request);
  if (sent === undefined) return [];
  const { scheme, text } = sent;
  const places = kinds.flatMap((kind) =>
    schemePlacesOf(kind).flatMap((place) => (isScheme(place, scheme) ? [{ kind, place }] : [])),
  );
  if (places.length === 0) return [];
  const acceptsTokens = places.some(({ place }) => 'claims' in place);
  const opaque = places.filter(
    ({ place }) => 'prefix' in place && mayBeIn(place, text, acceptsTokens),
  );
  const others = places.filter(({ place }) => 'claims' in place && !isBearer(place));
  const claims = opaque.length + others.length > 0 ? unverifiedClaimsOf(text) : undefined;
  const found =
    claims === undefined ? opaque : others.filter(({ place }) => hasClaims(place, claims));
  // What follows Bearer may be a token, which is read later.
  if (isScheme(sent, 'Bearer')) {
    if (found.length > 0 && isBlank(text)) throw new Rejection('token_malformed');
  } else if (found.length === 0 || isBlank(text)) {
    throw new Rejection('credential_invalid');
  }
  return found.map(({ kind }) => ({ kind, text }));
}

/** Whether nothing follows the scheme, or more than one space. */
function isBlank(text: string): boolean {
  return text === '' || text.startsWith(' ');
}

/** Where tokens are accepted, three parts that are no token are taken for a mistake in one. */
function mayBeIn(
  { prefix, isUndotted }: OpaquePlace,
  text: string,
  acceptsTokens: boolean,
): boolean {
  if (prefix !== '') return text.startsWith(prefix);
  return !((acceptsTokens || isUndotted === true) && hasThreeParts(text));
}

function hasNoSchemeOfItsOwn(kind: CoreKind): boolean {
  return schemePlacesOf(kind).every((place) => 'claims' in place && isBearer(place));
}

/**
 * The kind of a token: that of its claims, else users, whose verification also rejects tokens of other issuers.
 *
 * @throws {Rejection} for one that is of none of several forms
 */
function ofToken(kinds: readonly CoreKind[], token: string): Credential | undefined {
  const ofOwnForm = kinds.filter(hasBearerOfItsOwn);
  const claims = ofOwnForm.some(hasTokens) ? unverifiedClaimsOf(token) : undefined;
  const kind =
    ofOwnForm.find((one) =>
      schemePlacesOf(one).some((place) => isBearer(place) && hasClaims(place, claims)),
    ) ?? kinds.find(hasTokensOfUsers);
  if (kind !== undefined) return { kind, text: token };
  if (ofOwnForm.length > 0) throw new Rejection('credential_invalid');
  return undefined;
}

/** Whether a kind has credentials after Bearer that are none of PropelAuth. */
function hasBearerOfItsOwn(kind: CoreKind): boolean {
  return schemePlacesOf(kind).some(
    (place) => isBearer(place) && place !== OPAQUE_BEARER && place !== TOKENS_OF_USERS,
  );
}

/** Whether the place is one for tokens with these claims. */
function hasClaims(place: OpaquePlace | JwtPlace, claims: JsonObject | undefined): boolean {
  if (claims === undefined || !('claims' in place) || place.claims === undefined) return false;
  return haveClaims(claims, place.claims);
}

/** The claims of a JSON Web Token, which are not verified yet: they only choose who verifies it. `undefined` for other text. */
function unverifiedClaimsOf(text: string): JsonObject | undefined {
  if (text.length > MAXIMUM_TOKEN_LENGTH || !hasThreeParts(text)) return undefined;
  try {
    decodeProtectedHeader(text);
    return decodeJwt(text);
  } catch {
    return undefined;
  }
}

function credentialOf(kind: CoreKind, text: string | undefined): Credential | undefined {
  return text === undefined ? undefined : { kind, text };
}
