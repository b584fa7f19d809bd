import type { OrgSourceOption } from '../options/org-source.interface.js';
import { checkDecoratorOptions } from './decorator-options.js';
import { assertTokenSource, type RequireUserOptions } from './require-user-options.js';

/**
 * The options that all organization rules share.
 *
 * @publicApi
 */
export interface RequireOrgMemberOptions extends Pick<RequireUserOptions, 'tokenSource'> {
  /**
   * Where this rule reads the organization: a function, or the class of a provider. Default: the source of another rule on the same level,
   * then of the levels outside of it (for a method its class, then the parent classes), then the option `orgSource` of the module, and
   * finally the path parameter `orgId`. A source on a method does not affect the rules of its class.
   */
  org?: OrgSourceOption;
}

/**
 * Checks the options of an organization rule, for callers without type checks.
 *
 * @throws {TypeError} for an unknown option, and for a source that is not a function
 */
export function checkOrgOptions(
  decorator: string,
  options: RequireOrgMemberOptions,
  known: string[] = ['org', 'tokenSource'],
): void {
  checkDecoratorOptions(decorator, options, known);
  assertTokenSource(decorator, options.tokenSource);
  if (options.org !== undefined && typeof options.org !== 'function') {
    throw new TypeError(
      `The option org of ${decorator} is not a function. Set it to a source such as orgFromParam('orgId').`,
    );
  }
}
