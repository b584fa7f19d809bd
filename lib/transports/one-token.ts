import { Rejection } from '../rejections/rejection.js';
import type { TokenSource } from '../options/token-source.interface.js';
import { isPromise } from '../values/is-promise.js';

/**
 * The single token among the places of a call. Two different tokens are rejected: a caller who can choose the place could otherwise choose
 * the identity.
 *
 * @param tokens the token in each place; `undefined` for none
 * @throws {Rejection} `token_malformed` for different ones
 */
export function oneToken(...tokens: (string | undefined)[]): string | undefined {
  let found: string | undefined;
  for (const token of tokens) {
    if (token === undefined) continue;
    if (found !== undefined && found !== token) throw new Rejection('token_malformed');
    found = token;
  }
  return found;
}

/**
 * The access token that sources find.
 *
 * @param ask calls a source
 * @returns `undefined` if there is none
 * @throws {Rejection} when they find different ones, and for a token that is no string
 * @throws {TypeError} when a source, against its type, answers with a promise
 */
export function readTokenFrom(
  sources: readonly TokenSource[],
  ask: (source: TokenSource) => unknown,
): string | undefined {
  return oneToken(...sources.map((source) => tokenIn(ask(source))));
}

function tokenIn(token: unknown): string | undefined {
  if (isPromise(token)) {
    // The promise is not awaited, and its rejection must not end the process.
    Promise.resolve(token).catch(() => {});
    throw new TypeError(
      'A tokenSource returned a promise. Return the token itself: token sources are synchronous.',
    );
  }
  if (token === undefined || token === null || token === '') return undefined;
  if (typeof token !== 'string') throw new Rejection('token_malformed');
  return token;
}
