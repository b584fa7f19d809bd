import {
  isCallerRule,
  isScopeRule,
  kindUnder,
  type AccessRule,
  type CallerRule,
} from './access-rule.js';
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

/** A rule about one kind of callers implies that kind, one about scopes an MCP client, any other denying rule a user. */
export function impliedCallers(rules: readonly AccessRule[]): Callers | undefined {
  if (rules.length === 0) return undefined;
  const kind = rules.map(kindUnder).find((one) => one !== undefined);
  if (kind !== undefined) return callersOfKinds({ [kind]: undefined });
  return rules.some(isScopeRule) ? MCP_CLIENT : USER;
}

/** The callers under the rules of one level; `undefined` if no rule names any. */
export function callersUnder(rules: readonly AccessRule[]): Callers | undefined {
  return combineCallers(rules.filter(isCallerRule).map(({ callers }) => callers));
}
