import { AsyncLocalStorage } from 'node:async_hooks';
import {
  Injectable,
  InternalServerErrorException,
  type BeforeApplicationShutdown,
} from '@nestjs/common';
import { isObservable, lastValueFrom } from 'rxjs';
import { LimitedLog } from '../../values/limited-log.js';
import { loggableFrames } from '../../values/loggable.js';
import { EventHandlers, type EventHandler } from './event-handlers.js';
import { EventReceiver } from './event-receiver.js';
import { FinishedHandlers } from './finished-handlers.js';
import type { PropelAuthEvent } from './propel-auth-event.js';

/** The handler that is running, and the id of its event. */
const runningHandler = new AsyncLocalStorage<{
  readonly webhooks: PropelAuthWebhooks;
  readonly handlerName: string;
  readonly messageId: string;
}>();

/**
 * Passes events on to the methods under {@link OnPropelAuthEvent}, for your own route under {@link PropelAuthWebhook}. With the option
 * `webhooks.path`, the package does it itself.
 *
 * @example
 * ```ts
 * @Controller('webhooks/propelauth')
 * class WebhookController {
 *   constructor(private readonly webhooks: PropelAuthWebhooks) {}
 *
 *   @Post()
 *   @PropelAuthWebhook()
 *   receive(@WebhookEvent() event: PropelAuthEvent) {
 *     return this.webhooks.dispatch(event);
 *   }
 * }
 * ```
 *
 * @publicApi
 */
@Injectable()
export class PropelAuthWebhooks implements BeforeApplicationShutdown {
  private readonly log = new LimitedLog();

  // A private field, so that printing this object does not print events.
  /** The events whose handlers are running, by message id. */
  readonly #running = new Map<string, Promise<void>>();

  /** @internal Nest's injector calls it. */
  constructor(
    private readonly events: EventReceiver,
    private readonly handlers: EventHandlers,
    private readonly finished: FinishedHandlers,
  ) {}

  /**
   * Runs the handlers of an event, one after another, and waits for them. Handlers that have finished this event do not run again. If the
   * event is already being handled, the call waits for those handlers.
   *
   * @param event the object that {@link WebhookEvent} injects, not a copy
   * @returns a promise that resolves once all handlers are done
   * @throws {InternalServerErrorException} if a handler failed. Let Nest handle it: the response is 500, and PropelAuth sends the event
   * again
   * @throws {TypeError} for an object that did not come from {@link WebhookEvent}
   * @throws {Error} if a handler calls it with its own event, because it would wait for itself
   * @example
   * ```ts
   * @Post('/webhooks/propelauth')
   * @HttpCode(204)
   * @PropelAuthWebhook()
   * async receive(@WebhookEvent() event: PropelAuthEvent) {
   *   await this.webhooks.dispatch(event);
   * }
   * ```
   */
  async dispatch(event: PropelAuthEvent): Promise<void> {
    const messageId = this.events.messageIdOf(event);
    if (messageId === undefined) {
      throw new TypeError(
        'PropelAuthWebhooks.dispatch() got an object that is not the event of a verified request. Pass the object that ' +
          '@WebhookEvent() injects, not a copy.',
      );
    }
    const running = this.#running.get(messageId);
    if (running !== undefined) this.assertIsNotAwaitingItself(messageId);
    await (running ?? this.start(messageId, event));
  }

  /** @hidden Nest calls it before it closes the server. Whoever sent the event may have hung up, so that the server does not wait for it. */
  async beforeApplicationShutdown(): Promise<void> {
    // The server still listens, so events may arrive while others are handled.
    while (this.#running.size > 0) await Promise.allSettled(this.#running.values());
  }

  private assertIsNotAwaitingItself(messageId: string): void {
    const caller = runningHandler.getStore();
    if (caller?.webhooks !== this || caller.messageId !== messageId) return;
    const problem =
      `${caller.handlerName}: PropelAuthWebhooks.dispatch() is called with the event that this handler handles, so it ` +
      'would wait for itself. Remove the call: the other handlers of the event run without it.';
    // Logged here, because errors of handlers are logged without their message.
    this.log.error(problem);
    throw new Error(problem);
  }

  private start(messageId: string, event: PropelAuthEvent): Promise<void> {
    const running = this.runHandlers(messageId, event).finally(() =>
      this.#running.delete(messageId),
    );
    this.#running.set(messageId, running);
    return running;
  }

  private async runHandlers(messageId: string, event: PropelAuthEvent): Promise<void> {
    let hasFailed = false;
    for (const handler of this.handlers.of(event)) {
      if (await this.finished.has(messageId, handler.name)) continue;
      const caller = { webhooks: this, handlerName: handler.name, messageId };
      const succeeds = await runningHandler.run(caller, () => this.succeeds(handler, event));
      if (succeeds) await this.finished.add(messageId, handler.name);
      else hasFailed = true;
    }
    if (hasFailed) throw new InternalServerErrorException();
  }

  private async succeeds(handler: EventHandler, event: PropelAuthEvent): Promise<boolean> {
    try {
      const result = await handler.call(event);
      // An Observable without a subscriber does nothing.
      if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
      return true;
    } catch (error) {
      // The message of the error is left out: it may quote the event.
      this.log.error(
        `${handler.name}: the @OnPropelAuthEvent() handler failed. Its event returns 500, and PropelAuth sends it again.`,
        loggableFrames(error),
      );
      return false;
    }
  }
}
