import type { TokenSource } from '../options/token-source.interface.js';
import { checkDecoratorOptions } from './decorator-options.js';

/**
 * The options that all decorators share which look for a user.
 *
 * @publicApi
 */
export interface RequireUserOptions {
  /**
   * Where the access token is, in place of the usual place: that of the nearest level (handler, class) that names one, in the
   * end the place of the transport. Default: none.
   */
  tokenSource?: TokenSource;
}

/**
 * Checks the options of a rule about the user, for callers without type checks.
 *
 * @throws {TypeError} for an unknown option and for a source that is no function
 */
export function checkUserOptions(decorator: string, options: RequireUserOptions): void {
  checkDecoratorOptions(decorator, options, ['tokenSource']);
  assertTokenSource(decorator, options.tokenSource);
}

/** @throws {TypeError} when it is no function */
export function assertTokenSource(decorator: string, tokenSource: unknown): void {
  if (tokenSource === undefined || typeof tokenSource === 'function') return;
  throw new TypeError(
    `The option tokenSource of ${decorator} is not a function. Give one that takes the context and returns the token.`,
  );
}
