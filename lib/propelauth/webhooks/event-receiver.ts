import {
  HttpException,
  Injectable,
  InternalServerErrorException,
  ServiceUnavailableException,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Hooks } from '../../plugins/hooks.js';
import { LimitedLog } from '../../values/limited-log.js';
import { loggableFrames } from '../../values/loggable.js';
import { EventDispatcher } from './event-dispatcher.js';
import { readSvixHeaders, type ReadHeader } from './svix.js';
import type { WebhookResponse } from './webhook-request.interface.js';
import { WebhookVerifier } from './webhook-verifier.js';

/** Receives events, wherever they arrive. A verified event changes access at once, in this instance and in the others. */
@Injectable()
export class EventReceiver implements OnApplicationBootstrap {
  private readonly log = new LimitedLog();
  private hasStarted = false;

  /** Whether PropelAuth has sent an event since the start. */
  hasReceived = false;

  constructor(
    private readonly verifier: WebhookVerifier,
    private readonly dispatcher: EventDispatcher,
    private readonly hooks: Hooks,
  ) {}

  onApplicationBootstrap(): void {
    this.hasStarted = true;
  }

  /**
   * Verifies an event, applies its changes of access, and runs its handlers. The handlers run last, because they may fail.
   *
   * @param readBody reads the raw body. It is called only if the headers may be PropelAuth's: anyone can send a body, and reading it costs more
   * @returns the response for the sender, whatever was sent and whatever failed
   */
  async respondTo(header: ReadHeader, readBody: () => Promise<unknown>): Promise<WebhookResponse> {
    try {
      const svixHeaders = readSvixHeaders(header);
      // Some handlers may still be missing, and the event would count as handled.
      if (!this.hasStarted) throw new ServiceUnavailableException();
      const { event, messageId, sentAt } = this.verifier.verify(
        svixHeaders,
        header,
        await readBody(),
      );
      this.hasReceived = true;
      await this.hooks.event?.(messageId, event, sentAt);
      await this.dispatcher.dispatch(messageId, event);
      return { status: 204, headers: {}, body: undefined };
    } catch (error) {
      return this.responseFor(error);
    }
  }

  private responseFor(error: unknown): WebhookResponse {
    if (error instanceof HttpException) {
      return {
        status: error.getStatus(),
        headers: { 'Content-Type': 'application/json; charset=utf-8' },
        body: JSON.stringify(error.getResponse()),
      };
    }
    this.log.error('An event could not be received and gets 500.', loggableFrames(error));
    return this.responseFor(new InternalServerErrorException());
  }
}
