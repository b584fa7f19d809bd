import {
  isCallerRule,
  isScopeRule,
  type AccessRule,
  type CallerMode,
  type CallerRule,
} from './access-rule.js';
import type { HandlerLevels, Level } from './handler-levels.js';
import { strictestOf } from './policy.js';

/** The rules that say who may call. Neither list loosens what the other says. */
export interface CallerWords {
  /** Of the class and the classes above: the caller rules of the nearest level, or denying rules, which imply a user. */
  readonly own: readonly AccessRule[];
  /** Of the method that this one is a copy of, else, where the own class has no caller rule, of the class it is copied from. */
  readonly copied: readonly CallerRule[];
}

export function callerWordsOf(levels: HandlerLevels): CallerWords {
  const { method, copied, overridden, classes, copiedClasses } = levels;
  const ownLevels = [method, ...overridden, ...classes];
  const own = nearestCallerRules(ownLevels);
  const ofMethod = nearestCallerRules(copied);
  const isSilent = ofMethod.length === 0 && own.length === 0;
  return {
    own: own.length > 0 ? own : ownLevels.flatMap(({ rules }) => rules),
    copied: isSilent ? nearestCallerRules(copiedClasses) : ofMethod,
  };
}

/** The mode of both lists; `nobody` if they contradict each other. */
export function modeOfWords({ own, copied }: CallerWords): CallerMode {
  const kinds = new Set(
    [...own, ...copied].filter(isCallerRule).flatMap(({ apiKeyKind }) => apiKeyKind ?? []),
  );
  if (kinds.size > 1) return 'nobody';
  const ownMode = modeOf(own) ?? impliedMode(own);
  const modes = [ownMode, modeOf(copied)].filter((mode) => mode !== undefined);
  return modes.length === 0 ? 'user' : strictestOf(new Set(modes));
}

/** A rule about scopes implies an MCP token, any other denying rule a user. */
export function impliedMode(rules: readonly AccessRule[]): CallerMode | undefined {
  if (rules.length === 0) return undefined;
  return rules.some(isScopeRule) ? 'mcp' : 'user';
}

/**
 * The mode of the rules of one level. Of several rules about users, the strictest applies. If other callers are accepted as well, no mode
 * is stricter than the other: each rejects the callers of the other.
 */
export function modeOf(rules: readonly AccessRule[]): CallerMode | undefined {
  const modes = new Set(rules.filter(isCallerRule).map(({ mode }) => mode));
  return modes.size === 0 ? undefined : strictestOf(modes);
}

/** The caller rules of the nearest level that has any. */
function nearestCallerRules(levels: readonly Level[]): CallerRule[] {
  return (
    levels.map(({ rules }) => rules.filter(isCallerRule)).find((rules) => rules.length > 0) ?? []
  );
}
