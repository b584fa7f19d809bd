import { randomUUID } from 'node:crypto';
import type { TokenIssuer } from '../issuer/token-issuer.js';
import type { ProjectEvent } from '../project/project-event.js';
import { postWebhook } from './post-webhook.js';

/** The first delays of Svix, which sends an event again for longer than one works on a change. */
const DELAYS_SECONDS = [5, 300, 1_800];
/** While the application restarts, nothing listens on its port. */
const RESTART_DELAY_SECONDS = 1;
const MAXIMUM_ERROR_LENGTH = 100;

/** What follows an attempt: nothing, another attempt before any other event is sent, or one after a delay. */
export type Next =
  | { readonly kind: 'sent' }
  | { readonly kind: 'given up' }
  | { readonly kind: 'again' | 'later'; readonly afterSeconds: number };

/** An event on its way to the application. All attempts have the same message id. */
export class Delivery {
  readonly messageId = `msg_${randomUUID()}`;
  readonly #delays = [...DELAYS_SECONDS];
  #status: string;

  constructor(
    readonly event: ProjectEvent,
    status = 'not sent yet',
  ) {
    this.#status = status;
  }

  /** What the application last returned, and whether the event is sent again. */
  get status(): string {
    return this.#status;
  }

  /** Whether the application has accepted it. */
  get isSent(): boolean {
    return /^2..$/.test(this.#status);
  }

  /** Sends the event once. */
  async attempt(issuer: TokenIssuer, url: string, signal: AbortSignal): Promise<Next> {
    this.#status = 'no response yet';
    try {
      const webhook = issuer.webhook(this.event, { messageId: this.messageId });
      const status = await postWebhook(url, webhook, signal);
      if (status < 200 || status >= 300) return this.fail(String(status));
      this.#status = String(status);
      return { kind: 'sent' };
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const result = `failed (${(code ?? message).slice(0, MAXIMUM_ERROR_LENGTH)})`;
      if (code !== 'ECONNREFUSED') return this.fail(result);
      this.#status = `${result}, sent again every second`;
      return { kind: 'again', afterSeconds: RESTART_DELAY_SECONDS };
    }
  }

  /** Notes an attempt that has failed. */
  fail(result: string, afterSeconds: number | undefined = this.#delays.shift()): Next {
    if (afterSeconds === undefined) {
      this.giveUp(result);
      return { kind: 'given up' };
    }
    this.#status = `${result}, sent again after ${inWords(afterSeconds)}`;
    return { kind: 'later', afterSeconds };
  }

  giveUp(reason: string): void {
    this.#status = `${reason}, not sent again`;
  }
}

function inWords(seconds: number): string {
  return seconds < 60 ? `${seconds} seconds` : `${seconds / 60} minutes`;
}
