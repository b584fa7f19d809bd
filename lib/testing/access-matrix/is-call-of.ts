import type { DescribedHandler } from '../../audit/access-descriptions.js';
import { isSameClass, isSameHandler } from '../../rules/declared-method.js';
import type { CalledHandler } from './probed-call.js';

/** Makes a test whether a decision or a reached handler is of this one, also where tools have wrapped its class or its method. */
export function isCallOf({ subject }: DescribedHandler): (called: CalledHandler) => boolean {
  const { controller, handler } = subject;
  // Nest names the class that an instance has as its constructor, which a mixin may have brought, and around which a `Proxy` may be.
  const { constructor } = controller.prototype as { constructor: Function };
  return (called) =>
    (called.controller === constructor || isSameClass(controller, called.controller)) &&
    isSameHandler(handler, called.handler);
}
