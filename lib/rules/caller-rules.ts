import { isCallerRule, isScopeRule, type AccessRule, type CallerRule } from './access-rule.js';
import { callersOfKinds, combineCallers, MCP_CLIENT, USER, type Callers } from './callers.js';
import { flatten, type HandlerLevels } from './handler-levels.js';

/** The rules that name the caller of a handler: those of the innermost level that has any. */
export function callerRulesOf(levels: HandlerLevels): CallerRule[] {
  return (
    flatten(levels)
      .map(({ rules }) => rules.filter(isCallerRule))
      .find((rules) => rules.length > 0) ?? []
  );
}

/** A rule about scopes implies an MCP client, or a caller of the kind that it is about; any other denying rule a user. */
export function impliedCallers(rules: readonly AccessRule[]): Callers | undefined {
  if (rules.length === 0) return undefined;
  const scopeRule = rules.find(isScopeRule);
  if (scopeRule === undefined) return USER;
  return scopeRule.of === undefined ? MCP_CLIENT : callersOfKinds({ [scopeRule.of]: undefined });
}

/** The callers under the rules of one level; `undefined` if no rule names any. */
export function callersUnder(rules: readonly AccessRule[]): Callers | undefined {
  return combineCallers(rules.filter(isCallerRule).map(({ callers }) => callers));
}
