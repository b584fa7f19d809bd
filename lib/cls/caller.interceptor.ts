import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { Observable } from 'rxjs';
import { findCaller } from '../decision/decision.js';
import { callers, NOBODY } from './caller-storage.js';

/** Runs what is behind it as the caller of its own call: never as the caller of the call around it. */
export const callerInterceptor: NestInterceptor = Object.freeze({
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { user, org, apiKey, mcp } = findCaller(context) ?? NOBODY;
    return new Observable((subscriber) =>
      callers.run({ user, org, apiKey, mcp }, () => next.handle().subscribe(subscriber)),
    );
  },
});
