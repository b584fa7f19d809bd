import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { settledWithin } from '../../backend/deadline.js';
import type { LocalEvent } from '../project-changes.js';
import { EventDelivery } from './event-delivery.js';
import { EventSender } from './event-sender.js';

/** How many events are kept. An older one is not sent again. */
const MAXIMUM_DELIVERIES = 20;

/** How long a page waits for the application to handle an event. */
const PATIENCE_MILLISECONDS = 2_000;

/** Reports changes to the application as PropelAuth does: by events, which are sent again until the application accepts them. */
@Injectable()
export class LocalEvents implements OnModuleDestroy {
  private deliveries: readonly EventDelivery[] = [];
  private isStopped = false;

  constructor(private readonly sender: EventSender) {}

  /** Where the application receives events; `undefined` if it receives none. */
  get path(): string | undefined {
    return this.sender.path;
  }

  /** The latest events, newest first. */
  get latest(): readonly EventDelivery[] {
    return this.deliveries;
  }

  /** Sends an event, if the application receives events. The promise is resolved when it has responded, or after two seconds. */
  async send(event: LocalEvent): Promise<void> {
    const { path } = this.sender;
    if (path === undefined || this.isStopped) return;
    const delivery = new EventDelivery(event, path, this.sender);
    const deliveries = [delivery, ...this.deliveries];
    for (const old of deliveries.slice(MAXIMUM_DELIVERIES)) old.cancel();
    this.deliveries = deliveries.slice(0, MAXIMUM_DELIVERIES);
    await settledWithin(delivery.start(), PATIENCE_MILLISECONDS);
  }

  /** @hidden Nest calls it before it closes the server. */
  onModuleDestroy(): void {
    this.isStopped = true;
    for (const each of this.deliveries) each.cancel();
  }
}
