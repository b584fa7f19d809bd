import { types } from 'node:util';
import { Injectable } from '@nestjs/common';
import { EventReceiver } from './event-receiver.js';
import type { ReadHeader } from './svix.js';
import type { WebhookRequest, WebhookResponse } from './webhook-request.interface.js';

/**
 * Receives events in your own route, queue, gateway or function, with the option `webhooks: { secret, receive: 'own' }`. With
 * `webhooks.path`, the package receives them itself.
 *
 * @example
 * ```ts
 * @Injectable()
 * class WebhookFunction {
 *   constructor(private readonly webhooks: PropelAuthWebhooks) {}
 *
 *   async handle(event: { headers: Record<string, string>; body: string }) {
 *     const { headers, body: rawBody } = event;
 *     const { status: statusCode, ...response } = await this.webhooks.receive({ headers, rawBody });
 *     return { statusCode, ...response };
 *   }
 * }
 * ```
 *
 * @publicApi
 */
@Injectable()
export class PropelAuthWebhooks {
  /** @internal Nest's injector calls it. */
  constructor(private readonly receiver: EventReceiver) {}

  /**
   * Verifies a request with all of your secrets, applies its change of access with `liveAccess()`, and waits for the methods under
   * {@link OnPropelAuthEvent}. Only call it in a handler that everyone can call, under `@Post()`: the signature is the protection, and Fastify
   * reads the body of no GET request.
   *
   * @param request the headers and the raw body. Create the application with `{ rawBody: true }` to have `request.rawBody`
   * @returns what to send: 204 if all handlers have finished; 400 without a valid signature of the last five minutes; 413 for a body of
   * more than `webhooks.maxBodyBytes`; 500 if a handler failed or the raw body is missing; 503 before the application has started, and if
   * other instances cannot be told
   * @throws {TypeError} for a body that was parsed, and for an argument without headers. No request makes it throw otherwise
   * @example
   * ```ts
   * @Post('/webhooks/propelauth')
   * @Public()
   * async receive(@Req() { headers, rawBody }: RawBodyRequest<IncomingMessage>, @Res() response: ServerResponse) {
   *   const answer = await this.webhooks.receive({ headers, rawBody });
   *   response.writeHead(answer.status, answer.headers).end(answer.body);
   * }
   * ```
   */
  async receive(request: WebhookRequest): Promise<WebhookResponse> {
    const { headers, rawBody } = request;
    assertHeaders(headers);
    assertRawBody(rawBody);
    return this.receiver.respondTo(readerOf(headers), () => Promise.resolve(rawBody));
  }
}

function readerOf(headers: WebhookRequest['headers']): ReadHeader {
  if (isOfFetch(headers)) return (name) => headers.get(name) ?? undefined;
  return (name) => headers[name];
}

function isOfFetch(
  headers: WebhookRequest['headers'],
): headers is Extract<WebhookRequest['headers'], { get(name: string): string | null }> {
  return typeof headers['get' as keyof typeof headers] === 'function';
}

function assertHeaders(value: unknown): void {
  if (typeof value === 'object' && value !== null) return;
  throw new TypeError(
    'PropelAuthWebhooks.receive() got no headers. Pass { headers: request.headers, rawBody: request.rawBody }.',
  );
}

function assertRawBody(value: unknown): void {
  if (typeof value === 'string' || types.isUint8Array(value)) return;
  // An application without raw bodies has none: the receiver says so, and PropelAuth sends the event again.
  if (value === undefined || value === null) return;
  throw new TypeError(
    'PropelAuthWebhooks.receive() got a parsed body as rawBody, but the signature covers the raw bytes. Create the application with ' +
      'NestFactory.create(AppModule, { rawBody: true }), and pass request.rawBody instead of request.body.',
  );
}
