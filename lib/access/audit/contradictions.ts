import { readAccessRules, type AccessRule, type UserMode } from '../access-rule.js';
import { classLevels, isOrgRule, isUserRule } from '../compiled-access.js';
import { readCallerParameters } from '../decorators/caller-parameter.js';
import type { AuditedMethod } from './audited-route.js';

/** What about the rules of a handler cannot be meant as it is written, each with the way out. */
export function findContradictions(audited: AuditedMethod): string[] {
  return [
    ...findConflictingModes(audited),
    ...findLiftedOrgRules(audited),
    ...findCallerlessParameters(audited),
  ];
}

/** Two words about the user in one place. */
function findConflictingModes({ controller, handler }: AuditedMethod): string[] {
  return [readAccessRules(handler), ...classLevels(controller)].flatMap((rules) => {
    const decorators = new Map(
      rules.filter(isUserRule).map(({ mode, decorator }) => [mode, decorator]),
    );
    return decorators.size > 1
      ? [`${[...decorators.values()].join(' beside ')} in one place; keep the one that is meant.`]
      : [];
  });
}

/** A handler that says it needs no user, under rules about the user's organization. */
function findLiftedOrgRules({ controller, handler }: AuditedMethod): string[] {
  const rules = readAccessRules(handler);
  const orgRule = rules.find(isOrgRule);
  const orgRuleOfClass = classLevels(controller).flat().find(isOrgRule);
  const findings: string[] = [];
  if (orgRule && hasMode(rules, 'public')) {
    findings.push(
      `@Public() beside ${orgRule.decorator}, which requires a user; remove one of them.`,
    );
  }
  if ((orgRule ?? orgRuleOfClass) && hasMode(rules, 'optional')) {
    const { decorator } = (orgRule ?? orgRuleOfClass) as AccessRule;
    const way = orgRule
      ? 'remove one of them'
      : 'remove it, or move the handler to a class without that rule';
    findings.push(`@OptionalUser() under ${decorator}, which requires a user; ${way}.`);
  }
  return findings;
}

/** A parameter that could never have a value. */
function findCallerlessParameters({ controller, name, handler, rules }: AuditedMethod): string[] {
  const parameters = readCallerParameters(controller, name);
  const findings: string[] = [];
  if (parameters.includes('@CurrentUser()') && rules.mode === 'public') {
    const levels = [readAccessRules(handler), ...classLevels(controller)];
    findings.push(
      levels.some((level) => hasMode(level, 'public'))
        ? '@CurrentUser() under @Public(), where no token is looked at; say @OptionalUser() instead of @Public().'
        : '@CurrentUser() in a field without a rule, where no token is looked at; add @RequireUser() or @OptionalUser().',
    );
  }
  if (parameters.includes('@CurrentOrg()') && rules.orgRequirements.length === 0) {
    findings.push(
      '@CurrentOrg() without an organization rule; add @RequireOrgMember() or remove the parameter.',
    );
  }
  return findings;
}

function hasMode(rules: readonly AccessRule[], mode: UserMode): boolean {
  return rules.some((rule) => isUserRule(rule) && rule.mode === mode);
}
