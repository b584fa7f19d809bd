import type { NestInterceptor, Provider } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';

/** The token of an interceptor that answers calls instead of their handlers. Only the testing kit provides one. */
export const HANDLER_PROBE = Symbol('nestjs-propelauth: handler probe');

/** Nest skips a global interceptor that is `undefined`. */
export const handlerProbeProviders: Provider[] = [
  { provide: HANDLER_PROBE, useFactory: (): NestInterceptor | undefined => undefined },
  { provide: APP_INTERCEPTOR, useExisting: HANDLER_PROBE },
];
