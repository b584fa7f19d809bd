import type { Type } from '@nestjs/common';
import {
  classChain,
  isAmong,
  markOf,
  ownFunctionOf,
  tracedName,
  type DeclaredMethod,
} from './declared-method.js';
import { readClassRules, readMethodRules } from './rule-metadata.js';

/** Whether a decorator of this package is on a class, on one above, or on one of their methods. */
export function hasRules(type: Function): boolean {
  const chain = classChain(type);
  const names = chain.flatMap((owner) => Object.getOwnPropertyNames(owner.prototype ?? {}));
  return chain.some(
    (owner) =>
      readClassRules(owner).length > 0 ||
      names.some((name) => readMethodRules(owner, name).length > 0),
  );
}

/**
 * Whether it is unknown which rules belong to a function that Nest calls on a class: the function is no method of the class, or a copy of a
 * method under rules. In classes without rules, no function has rules.
 */
export function hasUnknownRules(type: Type, handler: Function): boolean {
  const isKnown = tracedName(type, handler) !== undefined || !hasRules(type);
  return !isKnown || ruledOriginOf(type, handler) !== undefined;
}

/**
 * Finds the original of a copied handler: a method of a class with rules, which is not in the chain of the handler's class. The same for
 * the methods that the handler overrides. Mixins copy functions between prototypes, and the rules stay behind.
 */
export function ruledOriginOf(type: Type, handler: Function): DeclaredMethod | undefined {
  const chain = classChain(type);
  const name = tracedName(type, handler);
  const overridden =
    name === undefined ? [] : chain.flatMap((owner) => ownFunctionOf(owner, name) ?? []);
  return [handler, ...overridden]
    .flatMap((method) => markOf(method) ?? [])
    .find(({ owner }) => !isAmong(chain, owner) && hasRules(owner));
}
