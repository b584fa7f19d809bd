import { decodeJwt } from 'jose/jwt/decode';
import { Rejection } from '../rejections/rejection.js';
import type { Call, CallPart } from '../transports/call.js';
import { readCookie } from '../transports/cookies.js';
import {
  hasThreeParts,
  readBearerText,
  readCredentialHeader,
} from '../transports/credential-headers.js';
import { assertNotCrossSite } from '../transports/cross-site.js';
import type { CoreKind, CoreCredentialPlace } from './core-kind.js';
import { hasBearer, hasTokensOfUsers } from './credential-places.js';

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
  const [ofPlace, ...more] = findInPlaces(call, kinds);
  if (more.length > 0) throw new Rejection('credentials_ambiguous');
  if (!kinds.some(hasBearer)) return ofPlace;
  const opaque = findOpaque(call, kinds, ofPlace);
  const token = readToken();
  if (token === undefined) return opaque;
  if (opaque === undefined) return ofToken(kinds, token);
  // Opaque text after Bearer is found a second time, as the token.
  if (token !== opaque.text) throw new Rejection('credentials_ambiguous');
  return opaque;
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
  if (request === undefined || 'bearer' in place) return undefined;
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

/** A credential that is not a JSON Web Token: in a place of its own or after `Bearer`, but not in both. */
function findOpaque(
  { request }: Call,
  kinds: readonly CoreKind[],
  ofPlace: Credential | undefined,
): Credential | undefined {
  const kind = kinds.find(({ credential }) =>
    credential.some((place) => 'bearer' in place && place.bearer === 'opaque'),
  );
  if (kind === undefined || request === undefined) return ofPlace;
  const bearer = readBearerText(request);
  if (bearer !== undefined && ofPlace !== undefined) throw new Rejection('credentials_ambiguous');
  return (
    ofPlace ?? (bearer === undefined || hasThreeParts(bearer) ? undefined : { kind, text: bearer })
  );
}

/**
 * The kind of a token: that of its issuer, else users, whose verification also rejects tokens of other issuers. The claim is not verified
 * yet: it only chooses who verifies the token.
 */
function ofToken(kinds: readonly CoreKind[], token: string): Credential | undefined {
  const isByIssuer = kinds.some(({ credential }) => credential.some(isOfIssuer));
  const issuer = isByIssuer ? issuerOf(token) : undefined;
  const kind =
    kinds.find(({ credential }) =>
      credential.some((place) => isOfIssuer(place) && place.issuer === issuer),
    ) ?? kinds.find(hasTokensOfUsers);
  if (kind !== undefined) return { kind, text: token };
  if (isByIssuer) throw new Rejection('credential_invalid');
  return undefined;
}

function isOfIssuer(
  place: CoreCredentialPlace,
): place is CoreCredentialPlace & { readonly issuer: string } {
  return 'bearer' in place && place.bearer === 'jwt' && place.issuer !== undefined;
}

function issuerOf(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    // The kind that gets the token rejects it.
    return undefined;
  }
}

function credentialOf(kind: CoreKind, text: string | undefined): Credential | undefined {
  return text === undefined ? undefined : { kind, text };
}
