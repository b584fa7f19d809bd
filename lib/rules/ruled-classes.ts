import type { Type } from '@nestjs/common';
import {
  classChain,
  declarationsOf,
  isAmong,
  isSameClass,
  ownFunctionOf,
  traceMethod,
  type DeclaredMethod,
} from './declared-method.js';
import { readClassRules, readMethodRules, readOrigins } from './rule-metadata.js';

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
 * Finds the original of a copied handler: a method under rules, whose class is not in the chain of the handler's class. The same for the
 * methods that the handler overrides. Mixins copy functions between prototypes, and the rules stay behind.
 */
export function ruledOriginOf(
  type: Type,
  handler: Function,
  methods: readonly DeclaredMethod[] = traceMethod(type, handler),
): DeclaredMethod | undefined {
  const chain = classChain(type);
  const overridden = methods.flatMap(({ name }) =>
    chain.flatMap((owner) => ownFunctionOf(owner, name) ?? []),
  );
  const functions = [...new Set([handler, ...overridden])];
  return (
    functions.flatMap(readOrigins).find((origin) => hasForeignRules(chain, origin, true)) ??
    functions.flatMap(declarationsOf).find((method) => hasForeignRules(chain, method, false))
  );
}

/**
 * Whether a method has rules of classes that are not in a chain.
 *
 * @param isWritten whether the function was written in the owner, so that the rules of that class are meant for it. A function that a mixin
 * without rules has brought there is shared by classes with different rules.
 */
function hasForeignRules(
  chain: readonly Type[],
  { owner, name }: DeclaredMethod,
  isWritten: boolean,
): boolean {
  return classChain(owner)
    .filter((one) => !isAmong(chain, one))
    .some(
      (one) =>
        readMethodRules(one, name).length > 0 ||
        ((isWritten || !isSameClass(one, owner)) && readClassRules(one).length > 0),
    );
}
