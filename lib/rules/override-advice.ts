import { decoratedLevels } from './handler-levels.js';
import { isRule, type HandlerLevels, type Rule } from './rule.js';

/**
 * Names `@OverrideRules()` as a way out of a contradiction, for those who expect the rules of a method to replace those of its class, as with
 * `Reflector.getAllAndOverride()`.
 *
 * @param isOther whether a rule is the one that contradicts the method
 * @returns the end of a sentence, without its period; `''` if `@OverrideRules()` would not drop that rule
 */
export function overrideAdvice(levels: HandlerLevels, isOther: (rule: Rule) => boolean): string {
  const level = decoratedLevels(levels).find(({ rules }) => rules.filter(isRule).some(isOther));
  return level !== undefined && levels.method.outside.includes(level.rules)
    ? ', or add @OverrideRules(): the rules of a handler add to those of its class'
    : '';
}
