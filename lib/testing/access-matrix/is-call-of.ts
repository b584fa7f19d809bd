import type { DescribedHandler } from '../../audit/access-descriptions.js';
import { isSameClass, isSameHandler, traceMethod } from '../../rules/declared-method.js';
import type { CalledHandler, ObservedDecision } from './probed-call.js';

/** A handler that was reached, or about which the guard decided. */
type Called = CalledHandler & Pick<ObservedDecision, 'reason'>;

/** Makes a test whether a decision or a reached handler is of this one, also where tools have wrapped its class or its method. */
export function isCallOf({ subject }: DescribedHandler): (called: Called) => boolean {
  const { controller } = subject;
  // Nest names the class that an instance has as its constructor, which a mixin may have brought, and around which a `Proxy` may be.
  const { constructor } = controller.prototype as { constructor: Function };
  return (called) =>
    (called.controller === controller ||
      called.controller === constructor ||
      isSameClass(controller, called.controller)) &&
    isFunctionOf(subject, called);
}

/**
 * A constructor that replaces handlers for each request leaves no trace of the replaced method. The guard decides about such a function if
 * the class has no rules, and fails otherwise.
 */
function isFunctionOf(subject: DescribedHandler['subject'], called: Called): boolean {
  const { controller, handler, isRequestScoped } = subject;
  if (isSameHandler(controller, handler, called.handler)) return true;
  const isUntraceable = isRequestScoped && traceMethod(controller, called.handler).length === 0;
  return isUntraceable && called.reason !== 'error';
}
