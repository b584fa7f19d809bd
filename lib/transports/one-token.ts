import { readBearerToken } from './http/http-call.js';
import { Rejection } from '../rejections/rejection.js';
import type { TokenSource } from '../options/token-source.interface.js';
import { isPromise } from '../values/is-promise.js';

/**
 * The single token among the places of a call. Two different tokens are rejected: a caller who can choose the place could otherwise choose
 * the identity.
 *
 * @param tokens the token in each place; `undefined` for none
 * @throws {Rejection} `token_missing` without one, `token_malformed` for different ones
 */
export function oneToken(...tokens: (string | undefined)[]): string {
  const found = new Set(tokens.filter((token) => token !== undefined));
  if (found.size > 1) throw new Rejection('token_malformed');
  const [token] = found;
  if (token === undefined) throw new Rejection('token_missing');
  return token;
}

/**
 * The token of an Authorization header or of its equivalent; `undefined` without a header and under another scheme.
 *
 * @throws {Rejection} `token_malformed` when it is not a string, or `Bearer` alone
 */
export function tokenInAuthorization(header: unknown): string | undefined {
  if (header === undefined) return undefined;
  if (typeof header !== 'string') throw new Rejection('token_malformed');
  return tokenIfAny(() => readBearerToken(header));
}

/** The token that a function reads; `undefined` where the function throws `token_missing`. */
export function tokenIfAny(read: () => string): string | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Rejection && error.reason === 'token_missing') return undefined;
    throw error;
  }
}

/**
 * The access token that sources find.
 *
 * @param ask calls a source
 * @throws {Rejection} when there is none, when they find different ones, and for a token that is no string
 * @throws {TypeError} when a source, against its type, answers with a promise
 */
export function readTokenFrom(
  sources: readonly TokenSource[],
  ask: (source: TokenSource) => unknown,
): string {
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
