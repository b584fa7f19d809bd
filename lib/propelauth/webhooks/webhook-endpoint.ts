import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ResolvedOptions } from '../../options/resolved-options.js';
import { servePath } from '../../transports/http/serve-path.js';
import { EventReceiver } from './event-receiver.js';
import { readRawBody } from './raw-body.js';

/**
 * Receives events at `webhooks.path`. The route is registered before Nest's body parsers, middleware and routes, so that it always gets the
 * raw body.
 */
@Injectable()
export class WebhookEndpoint {
  private readonly serving: { readonly isServed: boolean };

  constructor({ webhooks }: ResolvedOptions, events: EventReceiver, adapterHost: HttpAdapterHost) {
    const { path, maxBodyBytes = 0 } = webhooks ?? {};
    this.serving =
      path === undefined
        ? { isServed: false }
        : servePath(adapterHost, {
            path,
            methods: 'POST',
            handle: (request) =>
              events.respondTo(
                (name) => request.headers[name],
                () => readRawBody(request, maxBodyBytes),
              ),
          });
  }

  /** Whether the endpoint receives the requests at `webhooks.path`. */
  get isServed(): boolean {
    return this.serving.isServed;
  }
}
