import type { Type } from '@nestjs/common';
import type { AccessRule } from './access-rule.js';
import { readClassRules, readFunctionRules, readMethodRules } from './rule-metadata.js';
import { classChain, isSameClass, type DeclaredMethod } from './declared-method.js';

/** The rules of one level. */
export interface Level {
  readonly rules: readonly AccessRule[];
  /** The rules of the places outside of it where it is declared, nearest first: of a method its class and the classes above. */
  readonly outside: readonly (readonly AccessRule[])[];
}

/** The rules of a handler, from the inner levels to the outer ones. */
export interface HandlerLevels {
  /** Of the method itself. */
  readonly method: Level;
  /** Of the methods of that name that it overrides, nearest first, without what opens. */
  readonly overridden: readonly Level[];
  /** Of its class and the classes above, nearest first. */
  readonly classes: readonly Level[];
}

/**
 * The rules of a handler.
 *
 * @param type the class that Nest calls the handler on
 * @param method the method that the handler was traced to. Its class is another one than `type`, or none above it, when the function
 * was copied from there: then the rules of both classes count
 * @param handler the function that is called
 */
export function levelsOf(type: Type, method: DeclaredMethod, handler: Function): HandlerLevels {
  const ofType = classChain(type);
  const position = ofType.findIndex((inChain) => isSameClass(inChain, method.owner));
  const declaring = position >= 0 ? ofType.slice(position) : classChain(method.owner);
  const [owner = method.owner, ...above] = declaring;
  const own = new Set([...readMethodRules(owner, method.name), ...readFunctionRules(handler)]);
  const classes = position >= 0 ? ofType : [...ofType, ...declaring];
  return {
    method: { rules: [...own], outside: classChain(owner).map(readClassRules) },
    overridden: above.map((parent) => ({
      rules: readMethodRules(parent, method.name).filter((rule) => !isOpening(rule)),
      outside: classChain(parent).map(readClassRules),
    })),
    classes: classes.map((one) => ({
      rules: readClassRules(one),
      outside: classChain(one).slice(1).map(readClassRules),
    })),
  };
}

/** The levels from the inner to the outer. */
export function flatten({ method, overridden, classes }: HandlerLevels): Level[] {
  return [method, ...overridden, ...classes];
}

/** An override inherits what restricts, and never what opens. */
function isOpening(rule: AccessRule): boolean {
  return rule.kind === 'caller' && (rule.mode === 'public' || rule.mode === 'optional');
}
