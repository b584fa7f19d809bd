import type { ExecutionContext } from '@nestjs/common';
import type { TokenSource } from '../options/token-source.interface.js';
import { oneToken } from './one-token.js';
import { Rejection } from '../rejections/rejection.js';

/**
 * The access token that sources of the application find.
 *
 * @throws {Rejection} when there is none, when they find different ones, and for what is no text
 * @throws {TypeError} when a source, against its type, answers with a promise
 */
export function readTokenFrom(sources: readonly TokenSource[], context: ExecutionContext): string {
  return oneToken(...sources.map((source) => tokenFrom(source, context)));
}

function tokenFrom(source: TokenSource, context: ExecutionContext): string | undefined {
  const token: unknown = source(context);
  if (token instanceof Promise) {
    // It is not awaited, and its rejection must not end the process.
    token.catch(() => {});
    throw new TypeError(
      'A tokenSource returned a promise. Return the token itself: token sources are synchronous.',
    );
  }
  if (token === undefined || token === null || token === '') return undefined;
  if (typeof token !== 'string') throw new Rejection('token_malformed');
  return token;
}
