import type { IncomingMessage, ServerResponse } from 'node:http';
import { ForbiddenException, Injectable } from '@nestjs/common';
import { AllowedOrigins, corsHeadersFor } from '../access/allowed-origins.js';
import { urlOf } from '../access/raw-request.js';
import { LocalSessions } from '../session/local-sessions.js';
import { ReturnAddresses } from './return-addresses.js';

/** The path in PropelAuth. */
export const LOGOUT_PATH = '/api/v1/logout';

const LOGOUT_URL = /^\/api\/v1\/logout\/?(\?|$)/i;

/**
 * PropelAuth's endpoint with this path signs the user of the browser out.
 *
 * A middleware, because PropelAuth's library sends an empty body as JSON, which Fastify rejects before it calls a controller.
 */
@Injectable()
export class LogoutRequest {
  constructor(
    private readonly sessions: LocalSessions,
    private readonly addresses: ReturnAddresses,
    private readonly origins: AllowedOrigins,
  ) {}

  handle(
    request: IncomingMessage,
    response: ServerResponse,
    next: (error?: unknown) => void,
  ): void {
    const { origin } = request.headers;
    if (request.method !== 'POST' || !LOGOUT_URL.test(urlOf(request))) next();
    else if (!this.origins.mayCall(origin)) {
      next(new ForbiddenException('Pages of other origins cannot sign you out.'));
    } else this.signOut(origin, response);
  }

  private signOut(origin: string | undefined, response: ServerResponse): void {
    response
      .writeHead(200, {
        ...(this.origins.mayRead(origin) && corsHeadersFor(origin)),
        'Set-Cookie': this.sessions.removal,
        'Content-Type': 'application/json; charset=utf-8',
        'Cache-Control': 'no-store',
      })
      .end(JSON.stringify({ redirect_to: this.addresses.home }));
  }
}
