import { createAccessDecorator, type AccessDecorator } from '../access.decorator.js';
import type { OrgSourceOption } from '../../options/org-source.interface.js';
import { orgRule } from './org-rule.js';
import type { OrgRequirement } from './org-requirement.js';
import { uncheckedOrgRule } from '../unchecked-org-option.js';
import { checkDecoratorOptions } from '../decorator-options.js';
import {
  assertTokenSource,
  type RequireUserOptions,
} from '../../callers/user/require-user.decorator.js';

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
  /**
   * Whether calls may also name another organization, in a place that no rule reads, so that nothing warns of it. It does not change who may
   * call the handlers. Default: `false`.
   *
   * @example
   * ```ts
   * @Post('/orgs/:orgId/reports/:id/copies')
   * @RequireOrgMember({ uncheckedOrg: true }) // the handler checks the organization in the body
   * copyTo(@Body('orgId') target: string, @CurrentUser() user: User) {}
   * ```
   */
  uncheckedOrg?: boolean;
}

/** The options that all organization rules share. */
export const ORG_OPTIONS: readonly string[] = ['org', 'tokenSource', 'uncheckedOrg'];

/**
 * Checks the options of an organization rule, for callers without type checks.
 *
 * @throws {TypeError} for an unknown option, and for a source that is not a function
 */
export function checkOrgOptions(
  decorator: string,
  options: RequireOrgMemberOptions,
  known: readonly string[] = ORG_OPTIONS,
): void {
  checkDecoratorOptions(decorator, options, known);
  assertTokenSource(decorator, options.tokenSource);
  if (options.org !== undefined && typeof options.org !== 'function') {
    throw new TypeError(
      `The option org of ${decorator} is not a function. Set it to a source such as orgFromParam('orgId').`,
    );
  }
}

/** Makes the decorator of an organization rule, whose options have been checked. */
export function requireOrg(
  decorator: string,
  requirement: OrgRequirement,
  options: RequireOrgMemberOptions,
): AccessDecorator {
  const { org: source, tokenSource } = options;
  const unchecked = uncheckedOrgRule(decorator, options);
  return createAccessDecorator({
    type: orgRule,
    argument: { requirement, source, ...unchecked },
    tokenSource,
    decorator,
  });
}
