import type { TokenIssuer } from '../issuer/token-issuer.js';
import type { ProjectEvent } from '../project/project-event.js';
import { Delivery } from './delivery.js';
import { wait } from './wait.js';

/** How many events are kept. An older one is not sent again. */
const MAXIMUM_DELIVERIES = 20;

/** Sends events to the application, one after the other, each again until the application accepts it. */
export class Webhooks {
  readonly #issuer: TokenIssuer;
  /** Newest first. */
  #deliveries: readonly Delivery[] = [];
  #queue: Delivery[] = [];
  #sending: Promise<void> | undefined;
  #isMuted = false;
  #isClosed = false;

  /** @param url where the application receives events; `undefined` if it receives none */
  constructor(
    issuer: TokenIssuer,
    readonly url?: string,
  ) {
    this.#issuer = issuer;
  }

  /** The latest events, newest first. */
  get latest(): readonly Delivery[] {
    return this.#deliveries;
  }

  /** Sends an event after those before it. */
  send(event: ProjectEvent): void {
    if (this.url === undefined || this.#isMuted || this.#isClosed) return;
    const delivery = new Delivery(event);
    const deliveries = [delivery, ...this.#deliveries];
    for (const old of deliveries.slice(MAXIMUM_DELIVERIES)) old.cancel();
    this.#deliveries = deliveries.slice(0, MAXIMUM_DELIVERIES);
    this.#enqueue(delivery, this.url);
  }

  /** Resolves once each event has been sent at least once, or after some time. */
  async sentWithin(milliseconds: number): Promise<void> {
    if (this.#sending === undefined) return;
    const timer = new AbortController();
    await Promise.race([this.#sending, wait(milliseconds, timer.signal)]);
    timer.abort();
  }

  /** Forgets all events, and sends none of those that a function causes. */
  startAnew(change: () => void): void {
    this.#cancelAll();
    this.#deliveries = [];
    this.#isMuted = true;
    try {
      change();
    } finally {
      this.#isMuted = false;
    }
  }

  /** Sends nothing any more. */
  close(): void {
    this.#isClosed = true;
    this.#cancelAll();
  }

  #cancelAll(): void {
    for (const each of this.#deliveries) each.cancel();
    this.#queue = [];
  }

  #enqueue(delivery: Delivery, url: string): void {
    this.#queue.push(delivery);
    this.#sending ??= this.#sendQueue(url);
  }

  async #sendQueue(url: string): Promise<void> {
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      await this.#sendFirst(next, url);
    }
    this.#sending = undefined;
  }

  /** Events stay in order while the application restarts: the others wait for this one. */
  async #sendFirst(delivery: Delivery, url: string): Promise<void> {
    while (!delivery.signal.aborted) {
      const next = await delivery.attempt(this.#issuer, url);
      if (next.kind === 'done') return;
      const waiting = wait(next.afterSeconds * 1000, delivery.signal);
      if (next.kind === 'later') {
        void waiting.then(() => {
          if (!delivery.signal.aborted) this.#enqueue(delivery, url);
        });
        return;
      }
      await waiting;
    }
  }
}
