import type { OrgSourceOption } from '../../options/org-source.interface.js';
import type { OrgRequirement } from './org-requirement.js';
import type { Rule } from '../rule.js';

/** The name of the type of organization rules. */
export const NAME = 'org';

/** What an organization rule says. */
export interface OrgArgument {
  readonly requirement: OrgRequirement;
  /** Where this rule finds the organization; `undefined` if its level or an outer one says it. */
  readonly source: OrgSourceOption | undefined;
  /** Set if calls of the handlers may also name another organization, in a place that no rule reads. */
  readonly uncheckedOrg?: true;
}

export function isOrgRule(rule: Rule): rule is Rule<OrgArgument> {
  return rule.type.name === NAME;
}
