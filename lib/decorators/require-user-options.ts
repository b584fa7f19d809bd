import type { TokenSource } from '../options/token-source.interface.js';
import { checkDecoratorOptions } from './decorator-options.js';
import type { UncheckedOrgOption } from './unchecked-org-option.js';

/**
 * The options of {@link RequireUser} and {@link OptionalUser}.
 *
 * @publicApi
 */
export interface RequireUserOptions extends UncheckedOrgOption {
  /**
   * Where the access token is, if it is not in the standard place of the transport. Default: the source of the nearest level (handler,
   * class) that has one, otherwise the standard place.
   */
  tokenSource?: TokenSource;
}

/**
 * Checks the options of a rule about the user, for callers without type checks.
 *
 * @throws {TypeError} for an unknown option, and for a source that is not a function
 */
export function checkUserOptions(decorator: string, options: RequireUserOptions): void {
  checkDecoratorOptions(decorator, options, ['tokenSource', 'uncheckedOrg']);
  assertTokenSource(decorator, options.tokenSource);
}

/** @throws {TypeError} when it is not a function */
export function assertTokenSource(decorator: string, tokenSource: unknown): void {
  if (tokenSource === undefined || typeof tokenSource === 'function') return;
  throw new TypeError(
    `The option tokenSource of ${decorator} is not a function. Set it to a function that takes the context and returns ` +
      'the token.',
  );
}
