import type { Type } from '@nestjs/common';
import { isSameClass, isSameHandler, traceMethod } from '../../rules/declared-method.js';
import type { EntryPoint } from './entry-point.js';
import type { CalledHandler, ObservedDecision } from './probed-call.js';

/** A handler that was reached, or about which the guard decided. */
type Called = CalledHandler & Pick<ObservedDecision, 'reason'>;
type Subject = EntryPoint['handler']['subject'];

/** Whether what a call reached is the handler of an entry point, also where tools have wrapped its class or its method. */
export function isCallOf({
  handler: { subject },
}: Pick<EntryPoint, 'handler'>): (called: Called) => boolean {
  return (called) =>
    isNamedFor(subject.controller, called.controller) && isFunctionOf(subject, called);
}

/** Nest names the class that an instance has as its constructor, which a mixin may have brought, and around which a `Proxy` may be. */
function isNamedFor(controller: Type, named: Type): boolean {
  const { constructor } = controller.prototype as { constructor: Type };
  return named === controller || named === constructor || isSameClass(controller, named);
}

/**
 * A constructor that replaces handlers for each request leaves no trace of the replaced method. The guard decides about such a function if
 * the class has no rules, and fails otherwise.
 */
function isFunctionOf({ controller, handler, isRequestScoped }: Subject, called: Called): boolean {
  if (isSameHandler(controller, handler, called.handler)) return true;
  const isUntraceable = isRequestScoped && traceMethod(controller, called.handler).length === 0;
  return isUntraceable && called.reason !== 'error';
}
