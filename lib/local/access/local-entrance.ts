import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import { AllowedOrigins, corsHeadersFor } from './allowed-origins.js';
import { LocalSecret, pathWithoutSecret } from './local-secret.js';
import { refusalOf } from './loopback-requests.js';
import { acceptsPage, urlOf } from './raw-request.js';

/** The routes that front ends on other origins can call. */
const ROUTES_FOR_FRONT_ENDS =
  /^\/(api\/v1\/(refresh_token|logout)|propelauth\/oauth\/token)\/?(\?|$)/i;

/** The middleware through which every request to an application with the local PropelAuth comes. */
@Injectable()
export class LocalEntrance {
  constructor(
    private readonly secret: LocalSecret,
    private readonly origins: AllowedOrigins,
  ) {}

  /**
   * Rejects requests that are not from this machine to this machine, answers preflight requests of the allowed front ends, and moves
   * the secret from the address of a page into a cookie.
   *
   * It runs before the application's own CORS settings, and also on servers that run the application in addition to its own, such
   * as the one that Fastify starts for the second address of localhost.
   */
  handle(
    request: IncomingMessage,
    response: ServerResponse,
    next: (error?: unknown) => void,
  ): void {
    const refusal = refusalOf(request);
    if (refusal !== undefined) next(refusal);
    else if (this.isPreflight(request)) answerPreflight(request, response);
    else if (isNavigation(request) && this.secret.isInAddressOf(request)) {
      this.moveSecretToCookie(request, response);
    } else next();
  }

  private isPreflight(request: IncomingMessage): boolean {
    const { method, headers } = request;
    return (
      method === 'OPTIONS' &&
      headers['access-control-request-method'] !== undefined &&
      ROUTES_FOR_FRONT_ENDS.test(urlOf(request)) &&
      this.origins.mayRead(headers.origin)
    );
  }

  private moveSecretToCookie(request: IncomingMessage, response: ServerResponse): void {
    response
      .writeHead(303, {
        Location: pathWithoutSecret(request),
        'Set-Cookie': this.secret.cookie,
        'Cache-Control': 'no-store',
        'Referrer-Policy': 'no-referrer',
      })
      .end();
  }
}

function answerPreflight({ headers }: IncomingMessage, response: ServerResponse): void {
  response
    .writeHead(204, {
      ...corsHeadersFor(headers.origin as string),
      'Access-Control-Allow-Methods': 'GET, POST',
      'Access-Control-Allow-Headers': headers['access-control-request-headers'] ?? '',
    })
    .end();
}

/** Whether a browser asks for a page. Scripts get their answer at the address that they ask. */
function isNavigation(request: IncomingMessage): boolean {
  return request.method === 'GET' && acceptsPage(request);
}
