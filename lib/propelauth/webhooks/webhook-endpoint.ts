import {
  HttpException,
  Injectable,
  InternalServerErrorException,
  ServiceUnavailableException,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ResolvedOptions } from '../../options/resolved-options.js';
import { exceptionFor } from '../../rejections/exception-for.js';
import {
  servePath,
  type PathRequest,
  type PathResponse,
} from '../../transports/http/serve-path.js';
import { LimitedLog } from '../../values/limited-log.js';
import { loggableFrames } from '../../values/loggable.js';
import { EventReceiver } from './event-receiver.js';
import { PropelAuthWebhooks } from './propel-auth-webhooks.js';
import { readRawBody } from './raw-body.js';
import { readSvixHeaders } from './svix.js';

/**
 * Receives events at `webhooks.path`. The route is registered before Nest's body parsers, middleware and routes, so that it always gets the
 * raw body.
 */
@Injectable()
export class WebhookEndpoint implements OnApplicationBootstrap {
  private readonly log = new LimitedLog();
  private readonly serving: { readonly isServed: boolean };
  private readonly maximumBytes: number;
  private hasStarted = false;

  constructor(
    private readonly options: ResolvedOptions,
    private readonly events: EventReceiver,
    private readonly webhooks: PropelAuthWebhooks,
    adapterHost: HttpAdapterHost,
  ) {
    const { path, maxBodyBytes = 0 } = options.webhooks ?? {};
    this.maximumBytes = maxBodyBytes;
    this.serving =
      path === undefined
        ? { isServed: false }
        : servePath(adapterHost, {
            path,
            methods: 'POST',
            handle: (request) => this.receive(request),
          });
  }

  /** Whether the endpoint receives the requests at `webhooks.path`. */
  get isServed(): boolean {
    return this.serving.isServed;
  }

  onApplicationBootstrap(): void {
    this.hasStarted = true;
  }

  private async receive(request: PathRequest): Promise<PathResponse> {
    try {
      // Before the body: anyone can send one, and reading it costs more.
      readSvixHeaders(request);
      // A server that listened before Nest may get events too early. Some handlers are still missing, and the event would count as handled.
      if (!this.hasStarted) throw new ServiceUnavailableException();
      const rawBody = await readRawBody(request, this.maximumBytes);
      const event = await this.events.receive({ ...request, rawBody });
      await this.webhooks.dispatch(event);
      return { status: 204 };
    } catch (error) {
      return this.responseTo(exceptionFor(error, this.options));
    }
  }

  private responseTo(exception: unknown): PathResponse {
    if (exception instanceof HttpException) {
      return { status: exception.getStatus(), body: exception.getResponse() };
    }
    this.log.error('An event could not be received and gets 500.', loggableFrames(exception));
    return this.responseTo(new InternalServerErrorException());
  }
}
