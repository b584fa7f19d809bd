import type { IncomingMessage } from 'node:http';
import {
  ForbiddenException,
  Injectable,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { AllowedOrigins, corsHeadersFor } from './allowed-origins.js';
import { refusalOf } from './loopback-requests.js';
import { rawRequestOf } from './raw-request.js';

/**
 * Rejects requests from pages of other sites, by their `Origin` header, even if the application enables CORS, and requests that are not
 * from this machine, even if the middleware does not run.
 */
@Injectable()
export class LocalOriginGuard implements CanActivate {
  constructor(
    private readonly origins: AllowedOrigins,
    private readonly host: HttpAdapterHost,
  ) {}

  canActivate(context: ExecutionContext): true {
    const request = rawRequestOf(context);
    const refusal = refusalOf(request);
    if (refusal !== undefined) throw refusal;
    this.allowToRead(request, context);
    if (this.origins.mayCall(request.headers.origin)) return true;
    throw new ForbiddenException(
      'Pages of other origins cannot call this route. Add the origin of the page to allowedOrigins of LocalPropelAuthModule.forRoot().',
    );
  }

  /** In the guard, so that front ends can read errors too, and after the application's own CORS settings, which it replaces. */
  private allowToRead({ headers: { origin } }: IncomingMessage, context: ExecutionContext): void {
    if (!this.origins.mayRead(origin)) return;
    const response = context.switchToHttp().getResponse<unknown>();
    for (const [name, value] of Object.entries(corsHeadersFor(origin))) {
      this.host.httpAdapter.setHeader(response, name, value);
    }
  }
}
