import { isDeepStrictEqual } from 'node:util';
import {
  isCallerRule,
  isRule,
  type AccessRule,
  type CallerRule,
  type HandlerLevels,
  type PlacedRule,
  type Rule,
} from './rule.js';
import { callersOfKinds, CONTRADICTION, DEFAULT_KIND, kindsOf, type Callers } from './callers.js';
import { decoratedLevels } from './handler-levels.js';

/**
 * The rules that name the caller of a handler: those of the innermost level that has any. Global rules only set a default, which a rule about
 * another kind of callers replaces.
 */
export function callerRulesOf(levels: HandlerLevels): CallerRule[] {
  const named = decoratedLevels(levels)
    .map(({ rules }) => rules.filter(isCallerRule))
    .find((rules) => rules.length > 0);
  if (named !== undefined) return named;
  const [byDefault] = levels.global.rules.filter(isCallerRule);
  if (byDefault === undefined) return [];
  const accepted = kindsOf(byDefault.callers);
  const rules = decoratedLevels(levels).flatMap((level) => level.rules.filter(isRule));
  const others = rules.filter(({ of = '' }) => !accepted.has(of));
  return ruleAboutKind(others) === undefined ? [byDefault] : [];
}

/** The first rule that is about one kind of callers by itself, else the first whose type is. */
export function ruleAboutKind<OneRule extends Rule>(
  rules: readonly OneRule[],
): OneRule | undefined {
  return (
    rules.find(({ of }) => of !== undefined) ?? rules.find(({ type }) => type.implies !== undefined)
  );
}

/** The rules that say whom a handler is for. A global rule restricts those callers, and names them only where no other rule does. */
export function implyingRules(rules: readonly PlacedRule[]): readonly PlacedRule[] {
  const decorated = rules.filter(({ level }) => level.isGlobal !== true);
  return decorated.length > 0 ? decorated : rules;
}

/** The callers that rules imply: those of the kind that a rule is about, else users. */
export function impliedCallers(rules: readonly Rule[]): Callers | undefined {
  if (rules.length === 0) return undefined;
  const rule = ruleAboutKind(rules);
  return callersOfKinds({ [rule?.of ?? rule?.type.implies ?? DEFAULT_KIND]: undefined });
}

/** The callers under the rules of one level, nobody if two rules name different ones; `undefined` if no rule names any. */
export function callersUnder(rules: readonly AccessRule[]): Callers | undefined {
  const [first, ...others] = rules.filter(isCallerRule).map(({ callers }) => callers);
  return others.every((other) => isDeepStrictEqual(other, first)) ? first : CONTRADICTION;
}
