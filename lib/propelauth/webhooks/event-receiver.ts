import { Inject, Injectable } from '@nestjs/common';
import { CurrentAccess } from '../../plugins/current-access.js';
import type { PropelAuthEvent } from './propel-auth-event.js';
import { WebhookVerifier, type RawRequest } from './webhook-verifier.js';

/** Receives events. A verified event changes access at once, in this instance and in the others. */
@Injectable()
export class EventReceiver {
  /** The message ids of the received events. */
  readonly #messageIds = new WeakMap<PropelAuthEvent, string>();

  constructor(
    private readonly verifier: WebhookVerifier,
    @Inject(CurrentAccess) private readonly currentAccess: CurrentAccess | undefined,
  ) {}

  /**
   * Verifies an event and applies its changes of access. Its handlers run afterwards, because they may fail.
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

  /** The message id of an event, the same for each delivery; `undefined` for an object that was not received. */
  messageIdOf(event: PropelAuthEvent): string | undefined {
    return this.#messageIds.get(event);
  }
}
