import {
  isCallerRule,
  type AccessRule,
  type CallerRule,
  type HandlerLevels,
  type Rule,
} from './rule.js';
import { callersOfKinds, combineCallers, DEFAULT_KIND, type Callers } from './callers.js';
import { flatten } from './handler-levels.js';

/** The rules that name the caller of a handler: those of the innermost level that has any. */
export function callerRulesOf(levels: HandlerLevels): CallerRule[] {
  return (
    flatten(levels)
      .map(({ rules }) => rules.filter(isCallerRule))
      .find((rules) => rules.length > 0) ?? []
  );
}

/** The callers that rules imply: those of the first rule that is about a kind, else those of the first whose type implies one, else users. */
export function impliedCallers(rules: readonly Rule[]): Callers | undefined {
  if (rules.length === 0) return undefined;
  const kind =
    rules.find(({ of }) => of !== undefined)?.of ??
    rules.find(({ type }) => type.implies)?.type.implies;
  return callersOfKinds({ [kind ?? DEFAULT_KIND]: undefined });
}

/** The callers under the rules of one level; `undefined` if no rule names any. */
export function callersUnder(rules: readonly AccessRule[]): Callers | undefined {
  return combineCallers(rules.filter(isCallerRule).map(({ callers }) => callers));
}
