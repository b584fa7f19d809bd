import { isUnauthenticated, Rejection } from '../rejections/rejection.js';
import { hasThreeParts, readBearerText } from '../transports/credential-headers.js';
import type { RequestHeaders } from '../transports/request-headers.js';
import type { CoreKind, CoreCredentialPlace } from './core-kind.js';
import { isBearer, isScheme, placeInWords, schemePlacesOf } from './credential-places.js';

/** Visible ASCII without dots, which separate the parts of a token. Shorter text is a mistake of the client, such as `undefined`. */
const OPAQUE = /^[\x21-\x2d\x2f-\x7e]{20,}$/;

interface Kinds {
  /** The kinds that the rules accept. */
  readonly accepted: readonly CoreKind[];
  /** The kinds whose places everybody may know. */
  readonly wellKnown: readonly CoreKind[];
}

/**
 * Says what a request without an accepted credential has instead: a credential of another kind, or one without `Bearer`. It looks at places
 * and shapes alone, so it asks nobody, and nobody learns whether a credential is valid.
 *
 * @param readsBearer whether the access token is expected in the Authorization header
 * @returns the error itself if there is nothing to say
 */
export function explainRejection(
  error: unknown,
  request: RequestHeaders,
  { accepted, wellKnown }: Kinds,
  readsBearer: boolean,
): unknown {
  // Kinds that find their credentials themselves have reasons of their own.
  if (!isUnauthenticated(error) || accepted.some((kind) => kind.find !== undefined)) return error;
  const { reason } = error;
  const isMissing =
    reason === 'credential_missing' || accepted.some(({ missing }) => missing === reason);
  if (!isMissing && reason !== 'token_malformed') return error;
  const bearer = bearerIn(request);
  const taken = accepted.flatMap(({ credential }) => credential.map(placeInWords));
  const place = wellKnown
    .flatMap(({ credential }) => credential)
    .filter((one) => !taken.includes(placeInWords(one)))
    .find((one) => ('scheme' in one || isMissing) && isUsed(one, request, bearer));
  if (place !== undefined) {
    const names = accepted.map(({ name }) => name).join(', ');
    const detail = `The request has a credential of another kind, ${placeInWords(place)}. The route accepts ${names}`;
    return new Rejection('kind_not_accepted', { detail });
  }
  const places = accepted.flatMap(schemePlacesOf).filter((one) => readsBearer || !isBearer(one));
  // Over Mercurius, a connection parameter of any type may be among the headers.
  const authorization: unknown = request.headers.authorization;
  const [sent = ''] = typeof authorization === 'string' ? authorization.split(' ', 1) : [];
  const isUnder = places.some((one) => isScheme(one, sent));
  if (!isMissing || sent === '' || places.length === 0 || isUnder) return error;
  const beginnings = new Set(places.map(({ scheme }) => `"${scheme} "`));
  return new Rejection(reason, {
    detail: `The Authorization header does not begin with ${[...beginnings].join(' or ')}`,
  });
}

function bearerIn(request: RequestHeaders): string | undefined {
  try {
    return readBearerText(request);
  } catch {
    return undefined;
  }
}

function isUsed(
  place: CoreCredentialPlace,
  { headers }: RequestHeaders,
  bearer: string | undefined,
): boolean {
  if ('header' in place) return Boolean(headers[place.header.toLowerCase()]);
  if (!('scheme' in place) || bearer === undefined) return false;
  return 'claims' in place ? hasThreeParts(bearer) : OPAQUE.test(bearer);
}
