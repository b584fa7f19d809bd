import type { TokenIssuer } from '../issuer/token-issuer.js';
import type { ProjectEvent } from '../project/project-event.js';
import type { Recorder } from '../recorder.js';
import { Delivery } from './delivery.js';
import { wait } from './wait.js';

/** How many events are remembered, and how many of them the users page can show. */
const MAXIMUM_EVENTS = 1_000;
const MAXIMUM_SHOWN = 20;
const NO_URL = 'not sent, without a URL for webhooks';
/** How long a fault holds events back, to send them in another order. */
const HOLDING_MILLISECONDS = 1_000;
/** How many events wait for the application. More are not sent, which the terminal says. */
export const MAXIMUM_WAITING = 10_000;

/**
 * Sends events to the application, one after the other, each again until the application accepts it. While the application does not run, all
 * wait. Only failed attempts change the order: later events pass one that is sent again after a delay.
 */
export class Webhooks {
  readonly #issuer: TokenIssuer;
  readonly #say: (line: string) => void;
  readonly #takeFault: ReturnType<Recorder['register']>;
  readonly #takeReordering: ReturnType<Recorder['register']>;
  readonly #events: Delivery[] = [];
  #queue: Delivery[] = [];
  /** Those that a fault holds back. Newest first, as they are sent then. */
  #held: Delivery[] = [];
  /** Of events that are sent again after a delay. */
  readonly #timers = new Set<NodeJS.Timeout>();
  /** Ends all deliveries. */
  #end = new AbortController();
  #isSending = false;
  #isFull = false;
  #isMuted = false;
  /** Are called once there is nothing to send, or the application does not run. */
  readonly #waiters = new Set<() => void>();

  /**
   * @param url where the application receives events; `undefined` if it receives none
   * @param say prints a line on the terminal
   */
  constructor(
    issuer: TokenIssuer,
    recorder: Recorder,
    readonly url: string | undefined,
    say: (line: string) => void,
  ) {
    this.#issuer = issuer;
    this.#takeFault = recorder.register('webhook');
    this.#takeReordering = recorder.register('webhookOrder');
    this.#say = say;
  }

  /** The latest events, oldest first; also those that are sent nowhere. */
  get events(): readonly Delivery[] {
    return this.#events;
  }

  /** The latest events that are sent, newest first. */
  get latest(): readonly Delivery[] {
    return this.url === undefined ? [] : this.#events.slice(-MAXIMUM_SHOWN).toReversed();
  }

  /** Sends an event after those before it. */
  send(event: ProjectEvent): void {
    if (this.#isMuted) return;
    const delivery = new Delivery(event, this.url === undefined ? NO_URL : undefined);
    this.#events.push(delivery);
    if (this.#events.length > MAXIMUM_EVENTS) this.#events.shift();
    if (this.url === undefined) return;
    this.#add(delivery, this.url);
  }

  /** Sends one of the latest events once more. @returns `false` if it is none of them */
  sendAgain(messageId: unknown): boolean {
    const delivery = this.latest.find((each) => each.messageId === messageId);
    if (delivery === undefined || this.url === undefined) return false;
    if (!this.#queue.includes(delivery)) this.#add(delivery, this.url);
    return true;
  }

  #add(delivery: Delivery, url: string): void {
    if (this.#queue.length + this.#held.length + this.#timers.size < MAXIMUM_WAITING) {
      this.#sendInOrder(delivery, url);
      return;
    }
    delivery.giveUp(`${MAXIMUM_WAITING} others wait`);
    if (!this.#isFull) this.#say(`${MAXIMUM_WAITING} webhooks wait for ${url}: more are lost.`);
    this.#isFull = true;
  }

  /** Resolves once each event has been sent at least once, the application does not run, or after some time. */
  async sentWithin(milliseconds: number): Promise<void> {
    if (!this.#isSending) return;
    const timer = new AbortController();
    const sent = new Promise<void>((resolve) => this.#waiters.add(resolve));
    await Promise.race([sent, wait(milliseconds, timer.signal)]);
    timer.abort();
  }

  /** Forgets all events, and sends none of those that a function causes. */
  startAnew(change: () => void): void {
    this.#cancelAll();
    this.#events.length = 0;
    this.#isMuted = true;
    try {
      change();
    } finally {
      this.#isMuted = false;
    }
  }

  /** Sends nothing any more. */
  close(): void {
    this.#isMuted = true;
    this.#cancelAll();
  }

  #cancelAll(): void {
    this.#end.abort();
    this.#end = new AbortController();
    this.#queue = [];
    this.#held = [];
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #sendInOrder(delivery: Delivery, url: string): void {
    const fault = this.#takeReordering();
    if (fault === undefined) return this.#enqueue(delivery, url);
    this.#held.unshift(delivery);
    if (this.#held.length > 1) return;
    this.#later(fault.delayMs ?? HOLDING_MILLISECONDS, () => {
      for (const each of this.#held.splice(0)) this.#enqueue(each, url);
    });
  }

  #later(milliseconds: number, action: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      action();
    }, milliseconds).unref();
    this.#timers.add(timer);
  }

  #enqueue(delivery: Delivery, url: string): void {
    this.#queue.push(delivery);
    if (!this.#isSending) void this.#sendQueue(url);
  }

  async #sendQueue(url: string): Promise<void> {
    this.#isSending = true;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      await this.#sendFirst(next, url, this.#end.signal);
    }
    this.#isSending = false;
    this.#isFull = false;
    this.#tellWaiters();
  }

  /** Events stay in order while the application restarts: the others wait for this one. */
  async #sendFirst(delivery: Delivery, url: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const next = await this.#attempt(delivery, url, signal);
      if (signal.aborted || next.kind === 'sent') return;
      if (next.kind === 'given up') {
        this.#say(`The webhook ${delivery.event.event_type} is lost: ${delivery.status}.`);
        return;
      }
      const milliseconds = next.afterSeconds * 1000;
      if (next.kind === 'later') {
        this.#later(milliseconds, () => {
          if (!delivery.isSent) this.#enqueue(delivery, url);
        });
        return;
      }
      this.#tellWaiters();
      await wait(milliseconds, signal);
    }
  }

  async #attempt(delivery: Delivery, url: string, signal: AbortSignal) {
    const fault = this.#takeFault();
    if (fault === undefined) return delivery.attempt(this.#issuer, url, signal);
    const { status = 503, delayMs } = fault;
    return delivery.fail(`failed by a fault (${status})`, delayMs && delayMs / 1000);
  }

  #tellWaiters(): void {
    for (const waiter of this.#waiters) waiter();
    this.#waiters.clear();
  }
}
