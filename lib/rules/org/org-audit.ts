import { isCallerRule, isOverride, isRule, type RuledHandler } from '../rule.js';
import { flatten } from '../handler-levels.js';
import { overrideAdvice } from '../override-advice.js';
import { isOrgRule } from './org-argument.js';

/** Contradictions of the organization rules of a handler, each with its fix. */
export function auditOrgRules(_required: unknown, handler: RuledHandler): string[] {
  return [...findConflictingSources(handler), ...findCheckedOrgs(handler)];
}

/** Two organization sources on one level. */
function findConflictingSources({ levels }: RuledHandler): string[] {
  return flatten(levels).flatMap(({ rules }) => {
    const orgRules = rules.filter(isRule).filter(isOrgRule);
    const sources = new Set(orgRules.flatMap(({ argument }) => argument.source ?? []));
    return sources.size > 1
      ? [
          `${orgRules.map(({ decorator }) => decorator).join(' and ')} have different org sources on the same method or class. ` +
            'Keep one; to check two, put one on the class and one on the method.',
        ]
      : [];
  });
}

/**
 * `uncheckedOrg` beside an organization rule, or inside of one. On a class, the option is only a default, which a rule on a handler may
 * override.
 */
function findCheckedOrgs({ levels }: RuledHandler): string[] {
  return flatten(levels).flatMap(({ rules, outside }) => {
    const unchecked = rules.filter(isCallerRule).find(({ uncheckedOrg }) => uncheckedOrg);
    const around = rules.some(isOverride) ? [] : outside;
    const orgRule = [rules, ...around].flat().filter(isRule).find(isOrgRule);
    if (unchecked === undefined || orgRule === undefined) return [];
    const advice = rules === levels.method.rules ? overrideAdvice(levels, isOrgRule) : '';
    return [
      `The option uncheckedOrg of ${unchecked.decorator} contradicts ${orgRule.decorator}, which checks the organization. ` +
        `Remove one of them${advice}.`,
    ];
  });
}
