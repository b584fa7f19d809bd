import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { map, Observable } from 'rxjs';
import { opensSubscription } from '../transports/graphql/graphql-operations.js';
import { callerOfCall, eventsFor } from './caller-of-call.js';
import { callers } from './caller-storage.js';

// The key under which Nest keeps @UseInterceptors().
const INTERCEPTORS_METADATA = '__interceptors__';

/** Runs the handler as the caller of its own call, even inside another call. */
export const callerInterceptor: NestInterceptor = Object.freeze({
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    // The interceptor can be placed more than once on a handler.
    if (callers.getStore()?.context === context) return next.handle();
    const caller = callerOfCall(context);
    const result = new Observable((subscriber) =>
      callers.run(caller, () => next.handle().subscribe(subscriber)),
    );
    return context.getType<string>() === 'graphql' && opensSubscription(context)
      ? result.pipe(map((events) => eventsFor(caller, events)))
      : result;
  },
});

/** Puts the interceptor before the other interceptors of a class, so that they know the caller. */
export function placeCallerInterceptor(type: Function): void {
  place(type, (others) => [callerInterceptor, ...others]);
}

/**
 * Puts the interceptor after the other interceptors of a method. An interceptor that queues calls runs the next call when the previous one
 * ends, and so as the previous caller.
 */
export function placeLastCallerInterceptor(method: Function): void {
  place(method, (others) => [...others, callerInterceptor]);
}

function place(subject: Function, among: (others: readonly unknown[]) => unknown[]): void {
  const others =
    (Reflect.getMetadata(INTERCEPTORS_METADATA, subject) as unknown[] | undefined) ?? [];
  if (others.includes(callerInterceptor)) return;
  Reflect.defineMetadata(INTERCEPTORS_METADATA, among(others), subject);
}
