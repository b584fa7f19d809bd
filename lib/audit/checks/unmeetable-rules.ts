import type { AccessRule, CallerMode, DenyingRule } from '../../rules/access-rule.js';
import { isCallerRule, isDenyingRule, isScopeRule } from '../../rules/access-rule.js';
import { appliesUnder, effectiveDenyingRules } from '../../rules/compile-policy.js';
import { flatten, type HandlerLevels } from '../../rules/handler-levels.js';
import type { AuditedMethod } from './audited-route.js';

/** What says who calls a handler, and at which level. */
interface CallerWord {
  readonly mode: CallerMode;
  readonly decorator: string;
  readonly level: number;
}

/** Modes that a class only sets as a default: a denying rule changes them to the caller that it implies. */
const DEFAULT_MODES: readonly CallerMode[] = ['optional', 'public'];

/** Finds a handler that accepts callers whom one of its rules always rejects. */
export function findUnmeetableRules(audited: AuditedMethod): string[] {
  const levels = flatten(audited.levels).map(({ rules }) => rules);
  const denying = [...new Set(denyingRulesOver(audited.levels))];
  const word = callerWordOf(levels, denying);
  if (word === undefined) return [];
  const rule = denying.find((one) => !appliesUnder(word.mode, one));
  if (rule === undefined) return [];
  const isBeside = levels[word.level]?.includes(rule) ?? false;
  return [
    `${word.decorator} contradicts ${rule.decorator}, which ${reasonFor(word.mode, rule)}. ${adviceOn(word, rule, isBeside)}`,
  ];
}

/** The nearest decorator that names the caller, else the nearest rule about scopes, which implies an MCP client. */
function callerWordOf(
  levels: readonly (readonly AccessRule[])[],
  denying: readonly DenyingRule[],
): CallerWord | undefined {
  const level = levels.findIndex((rules) => rules.some(isCallerRule));
  const callerRule = levels[level]?.find(isCallerRule);
  const isDefault = level > 0 && DEFAULT_MODES.includes(callerRule?.mode as CallerMode);
  if (callerRule !== undefined && !isDefault) {
    return { mode: callerRule.mode, decorator: callerRule.decorator, level };
  }
  const scopeRule = denying.find(isScopeRule);
  if (scopeRule === undefined) return undefined;
  return {
    mode: 'mcp',
    decorator: scopeRule.decorator,
    level: levels.findIndex((rules) => rules.includes(scopeRule)),
  };
}

/** The denying rules of a handler, also when it says `@Public()` beside one of its own. */
function denyingRulesOver(levels: HandlerLevels): DenyingRule[] {
  return [...levels.method.rules.filter(isDenyingRule), ...effectiveDenyingRules(levels)];
}

function reasonFor(mode: CallerMode, { kind }: DenyingRule): string {
  if (kind === 'scope') return 'requires an MCP token';
  if (mode === 'mcp' && kind === 'impersonation') {
    return 'cannot be checked: an MCP token does not say whether an employee impersonates the user';
  }
  if (mode === 'mcp' && kind === 'step-up') {
    return 'cannot be checked: MCP clients cannot send a step-up grant';
  }
  return 'requires a user';
}

function adviceOn({ mode, decorator }: CallerWord, rule: DenyingRule, isBeside: boolean): string {
  if (mode === 'mcp' && rule.kind === 'step-up') {
    return `Use a scope for this action instead of ${rule.decorator}.`;
  }
  return isBeside
    ? 'Remove one of them.'
    : `Remove ${decorator}, or move the handler to a class without ${rule.decorator}.`;
}
