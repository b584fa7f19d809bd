import type { ExecutionContext } from '@nestjs/common';
import { handlesEvents, messagePatternsOf } from '../transports/microservices/message-patterns.js';
import { traceMethod } from './declared-method.js';

/** Whether a call is an event of a microservice, whose sender gets no response. */
export function isEvent(context: ExecutionContext): boolean {
  if (context.getType<string>() !== 'rpc') return false;
  const methods = calledMethodsOf(context);
  return methods.length > 0 && methods.every(handlesEvents);
}

/** The events that the handler of a call handles, in words: `order.paid`. */
export function eventNamesOf(context: ExecutionContext): string {
  return calledMethodsOf(context).flatMap(messagePatternsOf).join(', ');
}

/** The handler as its class declares it. A function that a constructor has put in its place has no metadata of Nest's. */
function calledMethodsOf(context: ExecutionContext): Function[] {
  return traceMethod(context.getClass(), context.getHandler()).map(
    ({ owner, name }) => (owner.prototype as Record<string | symbol, Function>)[name] as Function,
  );
}
