import type { OrgSource } from '../../options/org-source.interface.js';
import { checkDecoratorOptions } from './decorator-options.js';
import { assertTokenSource, type UserRuleOptions } from './user-rule-options.js';

/**
 * The options that all organization rules share.
 *
 * @publicApi
 */
export interface OrgRuleOptions extends UserRuleOptions {
  /**
   * Where this rule finds the organization. Default: the source that the nearest level (handler, class, module option
   * `orgSource`) names, in the end the path parameter `orgId`.
   */
  org?: OrgSource;
}

/**
 * Checks the options of an organization rule, for callers without type checks.
 *
 * @throws {TypeError} for an unknown option and for a source that is no function
 */
export function checkOrgRuleOptions(
  decorator: string,
  options: OrgRuleOptions,
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
