import type { ExecutionContext } from '@nestjs/common';
import { isSameHandler } from '../rules/declared-method.js';

/**
 * The same handler with the same arguments. Nest hands copies of their list to pipes and parameters, and names a method that a
 * constructor has replaced by the function of the instance there, and by that of the class to guards.
 */
export function isSameCall(one: ExecutionContext, other: ExecutionContext): boolean {
  const type = one.getClass();
  return (
    type === other.getClass() &&
    hasSameArguments(one, other) &&
    isSameHandler(type, one.getHandler(), other.getHandler())
  );
}

function hasSameArguments(one: ExecutionContext, other: ExecutionContext): boolean {
  if (one.getType() === 'http') return one.getArgByIndex(0) === other.getArgByIndex(0);
  const values = one.getArgs<unknown[]>();
  const others = other.getArgs<unknown[]>();
  return isSameList(values, others);
}

export function isSameList(values: readonly unknown[], others: readonly unknown[]): boolean {
  return (
    values.length === others.length &&
    values.every((value, index) => Object.is(value, others[index]))
  );
}
