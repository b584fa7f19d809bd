import type { ExecutionContext } from '@nestjs/common';
import { traceMethod } from '../../rules/declared-method.js';
import { handlesEvents, messagePatternsOf } from './message-patterns.js';

/** The events that the handler of a call handles, in words: `order.paid`. `undefined` for a message whose sender gets a response. */
export function handledEventsOf(context: ExecutionContext): string | undefined {
  const methods = calledMethodsOf(context);
  if (methods.length === 0 || !methods.every(handlesEvents)) return undefined;
  return methods.flatMap(messagePatternsOf).join(', ');
}

/** The handler as its class declares it. A function with which a constructor has replaced the handler has no metadata of Nest. */
function calledMethodsOf(context: ExecutionContext): Function[] {
  return traceMethod(context.getClass(), context.getHandler()).map(
    ({ owner, name }) => (owner.prototype as Record<string | symbol, Function>)[name] as Function,
  );
}
