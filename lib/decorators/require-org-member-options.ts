import type { OrgSourceOption } from '../options/org-source.interface.js';
import { checkDecoratorOptions } from './decorator-options.js';
import { assertTokenSource, type RequireUserOptions } from './require-user-options.js';

/**
 * The options that all organization rules share.
 *
 * @publicApi
 */
export interface RequireOrgMemberOptions extends RequireUserOptions {
  /**
   * Where this rule finds the organization: a function, or the class of a provider. Default: the source that another rule of the same
   * level names, else one of the levels outside of it (of a method its class, the classes above), else the option `orgSource` of the
   * module, in the end the path parameter `orgId`. A source on a method changes nothing about the rules of its class.
   */
  org?: OrgSourceOption;
}

/**
 * Checks the options of an organization rule, for callers without type checks.
 *
 * @throws {TypeError} for an unknown option and for a source that is no function
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
      `The option org of ${decorator} is not a function. Give a source such as orgFromParam('orgId').`,
    );
  }
}
