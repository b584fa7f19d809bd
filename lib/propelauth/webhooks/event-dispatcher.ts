import {
  Injectable,
  InternalServerErrorException,
  type BeforeApplicationShutdown,
} from '@nestjs/common';
import { isObservable, lastValueFrom } from 'rxjs';
import { LimitedLog } from '../../values/limited-log.js';
import { loggableFrames } from '../../values/loggable.js';
import { EventHandlers, type EventHandler } from './event-handlers.js';
import { FinishedHandlers } from './finished-handlers.js';
import type { PropelAuthEvent } from './propel-auth-event.js';

/** Passes events on to the methods under `@OnPropelAuthEvent()`. */
@Injectable()
export class EventDispatcher implements BeforeApplicationShutdown {
  private readonly log = new LimitedLog();

  // A private field, so that printing this object does not print events.
  /** The events whose handlers are running, by message id. */
  readonly #running = new Map<string, Promise<void>>();

  constructor(
    private readonly handlers: EventHandlers,
    private readonly finished: FinishedHandlers,
  ) {}

  /**
   * Runs the handlers of an event, one after another, and waits for them. Handlers that have finished this event do not run again. If the
   * event is already being handled, the call waits for those handlers.
   *
   * @param messageId the id of the message, the same for each delivery
   * @throws {InternalServerErrorException} if a handler failed, so that PropelAuth sends the event again
   */
  async dispatch(messageId: string, event: PropelAuthEvent): Promise<void> {
    await (this.#running.get(messageId) ?? this.start(messageId, event));
  }

  /** Nest calls it before it closes the server. Whoever sent the event may have hung up, so that the server does not wait for it. */
  async beforeApplicationShutdown(): Promise<void> {
    // The server still listens, so events may arrive while others are handled.
    while (this.#running.size > 0) await Promise.allSettled(this.#running.values());
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
      if (await this.succeeds(handler, event)) await this.finished.add(messageId, handler.name);
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
