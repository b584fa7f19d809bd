import { Rejection } from '../rejections/rejection.js';
import type { Call } from '../transports/call.js';
import {
  hasThreeParts,
  readBearerText,
  readCredentialHeader,
} from '../transports/credential-headers.js';
import type { CallerKind } from './caller-kind.js';

/** The credential of a call, and the kind of callers that has such credentials. */
export interface Credential {
  readonly kind: CallerKind;
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
  kinds: readonly CallerKind[],
  readToken: () => string,
): Credential | undefined {
  const [kind, ...others] = kinds;
  if (kind === undefined) return undefined;
  if (others.length === 0 && kind.find !== undefined) return credentialOf(kind, kind.find(call));
  const opaque = findOpaque(call, kinds);
  const token = findToken(readToken);
  // Opaque text after Bearer is found a second time, as the token.
  if (opaque !== undefined && token !== undefined && token !== opaque.text) {
    throw new Rejection('credentials_ambiguous');
  }
  return opaque ?? credentialOf(kindWith(kinds, 'jwt'), token);
}

/** A credential that is no JSON Web Token: in a header of its own or after `Bearer`, but not in both. */
function findOpaque(call: Call, kinds: readonly CallerKind[]): Credential | undefined {
  const ofBearer = kindWith(kinds, 'opaque');
  const { request } = call;
  if (ofBearer === undefined || request === undefined) return undefined;
  const bearer = readBearerText(request);
  const ofHeader = findInHeaders(call, kinds);
  if (bearer !== undefined && ofHeader !== undefined) throw new Rejection('credentials_ambiguous');
  return ofHeader ?? credentialOf(ofBearer, isOpaque(bearer) ? bearer : undefined);
}

function findInHeaders({ request }: Call, kinds: readonly CallerKind[]): Credential | undefined {
  if (request === undefined) return undefined;
  for (const kind of kinds) {
    for (const place of kind.credential) {
      const text = 'header' in place ? readCredentialHeader(request, place.header) : undefined;
      if (text !== undefined) return { kind, text };
    }
  }
  return undefined;
}

function findToken(readToken: () => string): string | undefined {
  try {
    return readToken();
  } catch (error) {
    if (error instanceof Rejection && error.reason === 'token_missing') return undefined;
    throw error;
  }
}

function isOpaque(text: string | undefined): boolean {
  return text !== undefined && !hasThreeParts(text);
}

function kindWith(kinds: readonly CallerKind[], bearer: 'jwt' | 'opaque'): CallerKind | undefined {
  return kinds.find(({ credential }) =>
    credential.some((place) => 'bearer' in place && place.bearer === bearer),
  );
}

function credentialOf(
  kind: CallerKind | undefined,
  text: string | undefined,
): Credential | undefined {
  return kind === undefined || text === undefined ? undefined : { kind, text };
}
