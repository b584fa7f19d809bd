import type { Type } from '@nestjs/common';
import { isSameClass, isSameHandler, traceMethod } from '../../rules/declared-method.js';
import type { EntryPoint } from './entry-point.js';
import type { CalledHandler, ObservedDecision } from './probed-call.js';

/** A handler that was reached, or about which the guard decided. */
type Called = CalledHandler & Pick<ObservedDecision, 'reason'>;
type Subject = EntryPoint['handler']['subject'];

/** Whether a called handler is the handler of an entry point. Tools may have wrapped its class or its method. */
export function isCallOf({
  handler: { subject },
}: Pick<EntryPoint, 'handler'>): (called: Called) => boolean {
  return (called) =>
    isNamedFor(subject.controller, called.controller) && isFunctionOf(subject, called);
}

/**
 * Whether Nest's name for a class means a controller. Nest takes the constructor of the instance, which a mixin may have replaced or a
 * `Proxy` may wrap.
 */
function isNamedFor(controller: Type, named: Type): boolean {
  const { constructor } = controller.prototype as { constructor: Type };
  return named === controller || named === constructor || isSameClass(controller, named);
}

/**
 * Whether a called function is the handler's method. The constructor of a request-scoped class may replace methods without a trace. The
 * guard decides about such a function if all methods have the same rules, and fails otherwise.
 */
function isFunctionOf({ controller, handler, isRequestScoped }: Subject, called: Called): boolean {
  if (isSameHandler(controller, handler, called.handler)) return true;
  const isUntraceable = isRequestScoped && traceMethod(controller, called.handler).length === 0;
  return isUntraceable && called.reason !== 'error';
}
