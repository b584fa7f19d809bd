import type { TokenSource } from '../options/token-source.interface.js';
import type { RejectionReason } from '../rejections/rejection-table.js';
import type { Call } from './call.js';
import { builtInTokenSourceOf } from './built-in-token-sources.js';

/** A place where the access token of a call may be. */
export interface TokenPlace {
  /** The name of the place, such as `the Authorization header of the handshake`. */
  readonly name: string;
  /** The expected content. */
  readonly holds: 'access token' | '"Bearer <access token>"' | '"bearer, <access token>"';
  /** Whether the client has put something there. */
  readonly isUsed: boolean;
}

/**
 * What `debugMode` says about a missing or malformed token that was looked for in these places; `undefined` about anything else.
 */
export function describeTokenPlaces(
  reason: RejectionReason,
  places: readonly TokenPlace[],
): string | undefined {
  if (reason === 'token_missing') {
    return `There is no access token in ${places.map(({ name }) => name).join(' or ')}`;
  }
  if (reason !== 'token_malformed') return undefined;
  const used = places.filter(({ isUsed }) => isUsed);
  const [first, ...others] = used.length > 0 ? used : places;
  if (first === undefined) return undefined;
  const names = capitalize([first, ...others].map(({ name }) => name).join(' and '));
  return others.length > 0
    ? `${names} do not contain the same access token`
    : `${names} does not contain exactly one ${first.holds}`;
}

/**
 * What `debugMode` says about a missing or malformed token of a call.
 *
 * @param source what finds the token; `undefined` if the transport does
 */
export function describeTokenRejection(
  reason: RejectionReason,
  source: TokenSource | undefined,
  call: Call,
): string | undefined {
  if (source === undefined) return call.describeRejection(reason);
  const reads = builtInTokenSourceOf(source);
  if (reads === undefined) return describeOwnSource(reason);
  // Without a request there is no cookie, and the transport says why there is none.
  if (reads.cookie === undefined || call.request === undefined) {
    return call.describeRejection(reason);
  }
  const { cookie, readsHeader } = reads;
  if (reason === 'token_missing') {
    return `There is no access token in the cookie ${cookie}${readsHeader ? ' or the Authorization header' : ''}`;
  }
  return reason === 'token_malformed' && !readsHeader
    ? `The cookie ${cookie} does not contain exactly one access token`
    : call.describeRejection(reason);
}

function describeOwnSource(reason: RejectionReason): string | undefined {
  if (reason === 'token_missing') return 'tokenSource returned no access token';
  if (reason === 'token_malformed') return 'tokenSource did not return exactly one access token';
  return undefined;
}

/** Only an article gets a capital letter: the name of a property stays as it is. */
function capitalize(text: string): string {
  return text.replace(/^the /, 'The ');
}
