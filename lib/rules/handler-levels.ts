import type { Type } from '@nestjs/common';
import {
  isCallerRule,
  isOverride,
  isRule,
  type AccessRule,
  type HandlerLevels,
  type Level,
} from './rule.js';
import { isEveryone, isOptional } from './callers.js';
import { classChain } from './declared-method.js';
import { readClassRules, readMethodRules } from './rule-metadata.js';

/**
 * The rules of a handler.
 *
 * @param type the class that Nest calls the handler on
 * @param name the name of its method
 * @param global the level of the module
 */
export function levelsOf(type: Type, name: string | symbol, global: Level): HandlerLevels {
  const chain = classChain(type);
  const position = positionOf(chain, name);
  const [owner = type, ...above] = chain.slice(position);
  const rules = readMethodRules(owner, name);
  const outsideOf = (one: Type) => [...classChain(one).map(readClassRules), global.rules];
  const overridesFrom = rules.some(isOverride) ? position : chain.length;
  return {
    method: { rules, outside: outsideOf(owner) },
    overridden: above.map((parent) => ({
      rules: readMethodRules(parent, name).filter(isRestricting),
      outside: outsideOf(parent),
    })),
    classes: chain.map((one, index) => ({
      rules: readClassRules(one),
      outside: outsideOf(one).slice(1),
      ...(index >= overridesFrom && { isDropped: true }),
    })),
    global,
  };
}

/** The levels from the inner to the outer. */
export function flatten(levels: HandlerLevels): Level[] {
  return [...decoratedLevels(levels), levels.global];
}

/** The levels that decorators write. */
export function decoratedLevels({ method, overridden, classes }: HandlerLevels): Level[] {
  return [method, ...overridden, ...classes];
}

/** Where in the chain the method begins: at the nearest class that declares it, or that inherits it and has rules of its own for it. */
function positionOf(chain: readonly Type[], name: string | symbol): number {
  const position = chain.findIndex(
    (one) =>
      Object.hasOwn(Object(one.prototype) as object, name) || readMethodRules(one, name).length > 0,
  );
  return Math.max(0, position);
}

/** A method inherits rules that restrict its callers from those it overrides, and never `@Public()`, `@OptionalUser()` or `@OverrideRules()`. */
function isRestricting(rule: AccessRule): boolean {
  if (isCallerRule(rule)) return !(isEveryone(rule.callers) || isOptional(rule.callers));
  return isRule(rule);
}
