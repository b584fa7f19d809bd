import type { TokenSource } from '../options/token-source.interface.js';
import type { RejectionReason } from '../rejections/rejection-table.js';
import type { Call } from './call.js';
import { builtInTokenSourceOf } from './built-in-token-sources.js';

/**
 * What `debugMode` says about a missing or malformed token; `undefined` about anything else.
 *
 * @param places where the token was looked for, in words
 */
export function describeTokenIn(places: string, reason: RejectionReason): string | undefined {
  if (reason === 'token_missing') return `There is no access token in ${places}`;
  return reason === 'token_malformed'
    ? `There is not exactly one access token in ${places}`
    : undefined;
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
  const { cookie, readsHeader } = reads;
  // Without a request there is no cookie, and the transport says why there is none.
  if (cookie === undefined || call.request === undefined) return call.describeRejection(reason);
  return describeTokenIn(
    `the cookie ${cookie}${readsHeader ? ' or the Authorization header' : ''}`,
    reason,
  );
}

function describeOwnSource(reason: RejectionReason): string | undefined {
  if (reason === 'token_missing') return 'tokenSource returned no access token';
  if (reason === 'token_malformed') return 'tokenSource did not return exactly one access token';
  return undefined;
}
