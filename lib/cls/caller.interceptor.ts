import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { map, Observable } from 'rxjs';
import { opensSubscription } from '../transport/graphql/graphql-operations.js';
import { callerOfCall } from './caller-of-call.js';
import { eventsFor } from './caller-events.js';
import { callers } from './caller-storage.js';

// The key under which Nest keeps @UseInterceptors().
const INTERCEPTORS_METADATA = '__interceptors__';

/** Runs the handler as the caller of its own call, never as that of a call around it. */
export const callerInterceptor: NestInterceptor = Object.freeze({
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const caller = callerOfCall(context);
    const result = new Observable((subscriber) =>
      callers.run(caller, () => next.handle().subscribe(subscriber)),
    );
    return context.getType<string>() === 'graphql' && opensSubscription(context)
      ? result.pipe(map((events) => eventsFor(caller, events)))
      : result;
  },
});

/** Puts the interceptor in front of the others of a class, so that they know the caller, too. */
export function placeCallerInterceptor(type: Function): void {
  const others = (Reflect.getMetadata(INTERCEPTORS_METADATA, type) as unknown[] | undefined) ?? [];
  if (others.includes(callerInterceptor)) return;
  Reflect.defineMetadata(INTERCEPTORS_METADATA, [callerInterceptor, ...others], type);
}
