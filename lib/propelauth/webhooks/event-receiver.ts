import { Inject, Injectable } from '@nestjs/common';
import { CurrentAccess } from '../../plugins/current-access.js';
import type { PropelAuthEvent } from './propel-auth-event.js';
import { WebhookVerifier, type RawRequest } from './webhook-verifier.js';

/** Receives events. Each changes access as soon as it is verified, here and in the other instances. */
@Injectable()
export class EventReceiver {
  /** By the events that were received. */
  readonly #messageIds = new WeakMap<PropelAuthEvent, string>();

  constructor(
    private readonly verifier: WebhookVerifier,
    @Inject(CurrentAccess) private readonly currentAccess: CurrentAccess | undefined,
  ) {}

  /**
   * Receives an event, before its handlers run: they may fail.
   *
   * @throws {Rejection} for a request that PropelAuth did not sign
   * @throws {ServiceUnavailableException} when the other instances cannot be told, so that PropelAuth sends the event again
   */
  async receive(request: RawRequest): Promise<PropelAuthEvent> {
    const { event, messageId, sentAt } = this.verifier.verify(request);
    this.#messageIds.set(event, messageId);
    await this.currentAccess?.receive(messageId, event, sentAt);
    return event;
  }

  /** The id under which an event was sent, and is sent again; `undefined` for an object that was not received. */
  messageIdOf(event: PropelAuthEvent): string | undefined {
    return this.#messageIds.get(event);
  }
}
