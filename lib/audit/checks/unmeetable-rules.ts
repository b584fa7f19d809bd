import type { AccessRule, DenyingRule } from '../../rules/access-rule.js';
import { isCallerRule, isScopeRule, kindUnder } from '../../rules/access-rule.js';
import { KINDS_OF_PROPELAUTH } from '../../rules/caller-kind-names.js';
import { impliedCallers } from '../../rules/caller-rules.js';
import { acceptsOnly, isEveryone, isOptional, kindsOf, type Callers } from '../../rules/callers.js';
import { canBeChecked } from '../../rules/checkable-callers.js';
import { effectiveDenyingRules } from '../../rules/compile-policy.js';
import { flatten } from '../../rules/handler-levels.js';
import type { AuditedMethod } from './audited-route.js';

/** The decorator that says who calls a handler, and its level. */
interface CallerWord {
  readonly callers: Callers;
  readonly decorator: string;
  readonly level: number;
}

/** Finds a handler that accepts callers whom one of its rules always rejects. */
export function findUnmeetableRules(audited: AuditedMethod): string[] {
  const levels = flatten(audited.levels).map(({ rules }) => rules);
  const denying = effectiveDenyingRules(audited.levels);
  const word = callerWordOf(levels, denying);
  if (word === undefined) return [];
  const rule = denying.find((one) => !canBeChecked(one, word.callers));
  if (rule === undefined) return [];
  const isBeside = levels[word.level]?.includes(rule) ?? false;
  return [
    `${word.decorator} contradicts ${rule.decorator}, which ${reasonFor(word.callers, rule)}. ${adviceOn(word, rule, isBeside)}`,
  ];
}

/** The nearest decorator that names the caller, else the nearest rule that implies one: a rule about one kind, or about scopes. */
function callerWordOf(
  levels: readonly (readonly AccessRule[])[],
  denying: readonly DenyingRule[],
): CallerWord | undefined {
  const level = levels.findIndex((rules) => rules.some(isCallerRule));
  const callerRule = levels[level]?.find(isCallerRule);
  if (callerRule !== undefined && !(level > 0 && isDefault(callerRule.callers))) {
    return { callers: callerRule.callers, decorator: callerRule.decorator, level };
  }
  const rule = denying.find((one) => kindUnder(one) !== undefined) ?? denying.find(isScopeRule);
  const callers = rule && impliedCallers([rule]);
  return (
    callers && {
      callers,
      decorator: rule.decorator,
      level: levels.findIndex((rules) => rules.includes(rule)),
    }
  );
}

/** Whether these callers, on a class, are only a default: a denying rule replaces them with the callers that it implies. */
function isDefault(callers: Callers): boolean {
  return isEveryone(callers) || isOptional(callers);
}

function reasonFor(callers: Callers, rule: DenyingRule): string {
  const { kind } = rule;
  const of = kindUnder(rule);
  if (of !== undefined) {
    return of === 'api-key' ? 'requires an API key' : `requires a caller of the kind '${of}'`;
  }
  if (isScopeRule(rule)) return reasonForScope(callers);
  if (acceptsOnly(callers, 'mcp') && kind === 'impersonation') {
    return 'cannot be checked: an MCP token does not say whether an employee impersonates the user';
  }
  if (acceptsOnly(callers, 'mcp') && kind === 'step-up') {
    return 'cannot be checked: MCP clients cannot send a step-up grant';
  }
  return 'requires a user';
}

function reasonForScope(callers: Callers): string {
  const isOfPropelAuth = [...kindsOf(callers).keys()].every((name) =>
    KINDS_OF_PROPELAUTH.includes(name),
  );
  return isOfPropelAuth
    ? 'requires an MCP token'
    : 'requires scopes, which only some of these callers have: its option of names the kind that needs them';
}

function adviceOn(
  { callers, decorator }: CallerWord,
  rule: DenyingRule,
  isBeside: boolean,
): string {
  if (acceptsOnly(callers, 'mcp') && rule.kind === 'step-up') {
    return `Use a scope for this action instead of ${rule.decorator}.`;
  }
  return isBeside
    ? 'Remove one of them.'
    : `Remove ${decorator}, or move the handler to a class without ${rule.decorator}.`;
}
