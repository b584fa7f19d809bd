import type { Type } from '@nestjs/common';
import { isCallerRule, type AccessRule, type HandlerLevels, type Level } from './rule.js';
import { isEveryone, isOptional } from './callers.js';
import { classChain } from './declared-method.js';
import { readClassRules, readMethodRules } from './rule-metadata.js';

/**
 * The rules of a handler.
 *
 * @param type the class that Nest calls the handler on
 * @param name the name of its method
 */
export function levelsOf(type: Type, name: string | symbol): HandlerLevels {
  const chain = classChain(type);
  const [owner = type, ...above] = chain.slice(positionOf(chain, name));
  return {
    method: { rules: readMethodRules(owner, name), outside: outsideOf(owner) },
    overridden: above.map((parent) => ({
      rules: readMethodRules(parent, name).filter(isRestricting),
      outside: outsideOf(parent),
    })),
    classes: chain.map((one) => ({
      rules: readClassRules(one),
      outside: outsideOf(one).slice(1),
    })),
  };
}

/** The levels from the inner to the outer. */
export function flatten({ method, overridden, classes }: HandlerLevels): Level[] {
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

function outsideOf(type: Type): (readonly AccessRule[])[] {
  return classChain(type).map(readClassRules);
}

/** An override inherits rules that restrict its callers, and never `@Public()` or `@OptionalUser()`. */
function isRestricting(rule: AccessRule): boolean {
  return !isCallerRule(rule) || !(isEveryone(rule.callers) || isOptional(rule.callers));
}
