import {
  isCallerRule,
  isScopeRule,
  type AccessRule,
  type CallerMode,
  type CallerRule,
} from './access-rule.js';
import { flatten, type HandlerLevels } from './handler-levels.js';

/** From the strictest on: which mode wins where rules of one level contradict each other about users. */
export const STRICTNESS: readonly CallerMode[] = ['user', 'optional', 'public'];

/** The rules that name the caller of a handler: those of the innermost level that has any. */
export function callerRulesOf(levels: HandlerLevels): CallerRule[] {
  return (
    flatten(levels)
      .map(({ rules }) => rules.filter(isCallerRule))
      .find((rules) => rules.length > 0) ?? []
  );
}

/** A rule about scopes implies an MCP token, any other denying rule a user. */
export function impliedMode(rules: readonly AccessRule[]): CallerMode | undefined {
  if (rules.length === 0) return undefined;
  return rules.some(isScopeRule) ? 'mcp' : 'user';
}

/**
 * The mode of the rules of one level. Of several rules about users, the strictest applies. If other callers are accepted as well, or API
 * keys of different kinds, no rule is stricter than the other: each rejects the callers of the other.
 */
export function modeOf(rules: readonly AccessRule[]): CallerMode | undefined {
  const callerRules = rules.filter(isCallerRule);
  const modes = new Set(callerRules.map(({ mode }) => mode));
  const kinds = new Set(callerRules.flatMap(({ apiKeyKind }) => apiKeyKind ?? []));
  if (kinds.size > 1) return 'nobody';
  return modes.size === 0 ? undefined : strictestOf(modes);
}

function strictestOf(modes: ReadonlySet<CallerMode>): CallerMode {
  if (modes.size === 1) return [...modes][0] as CallerMode;
  const areAboutUsers = [...modes].every((mode) => STRICTNESS.includes(mode));
  return (areAboutUsers ? STRICTNESS.find((mode) => modes.has(mode)) : undefined) ?? 'nobody';
}
