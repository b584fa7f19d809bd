import { randomUUID } from 'node:crypto';
import type { TokenIssuer } from '../issuer/token-issuer.js';
import type { ProjectEvent } from '../project/project-event.js';
import { postWebhook } from './post-webhook.js';

/** The first delays of Svix, which sends an event again for longer than one works on a change. */
const DELAYS_SECONDS = [5, 300, 1_800];
/** While the application restarts, nothing listens on its port. */
const RESTART_DELAY_SECONDS = 1;
const RESTART_MILLISECONDS = 60_000;
const MAXIMUM_ERROR_LENGTH = 100;

/** What follows an attempt: nothing, another attempt before any other event is sent, or one after a delay. */
export type Next =
  | { readonly kind: 'done' }
  | { readonly kind: 'again' | 'later'; readonly afterSeconds: number };

const DONE: Next = { kind: 'done' };

/** An event on its way to the application. All attempts have the same message id. */
export class Delivery {
  readonly #messageId = `msg_${randomUUID()}`;
  readonly #delays = [...DELAYS_SECONDS];
  readonly #cancellation = new AbortController();
  /** Until when the application may restart. Not a number of attempts: events that wait for this one would each begin anew. */
  #restartDeadline = Date.now() + RESTART_MILLISECONDS;
  #status = 'not sent yet';

  constructor(readonly event: ProjectEvent) {}

  /** What the application last returned, and whether the event is sent again. */
  get status(): string {
    return this.#status;
  }

  /** Ends an attempt, and keeps others from being made. */
  get signal(): AbortSignal {
    return this.#cancellation.signal;
  }

  cancel(): void {
    this.#cancellation.abort();
  }

  /** Sends the event once. */
  async attempt(issuer: TokenIssuer, url: string): Promise<Next> {
    this.#status = 'no response yet';
    try {
      const webhook = issuer.webhook(this.event, { messageId: this.#messageId });
      const status = await postWebhook(url, webhook, this.signal);
      if (status >= 200 && status < 300) {
        this.#status = String(status);
        return DONE;
      }
      return this.#afterFailure(String(status), this.#delays.shift());
    } catch (error) {
      if (this.signal.aborted) return DONE;
      return this.#afterError(error as NodeJS.ErrnoException);
    }
  }

  #afterError({ code, message }: NodeJS.ErrnoException): Next {
    const result = `failed (${(code ?? message).slice(0, MAXIMUM_ERROR_LENGTH)})`;
    if (code !== 'ECONNREFUSED') return this.#afterFailure(result, this.#delays.shift());
    if (Date.now() >= this.#restartDeadline) return this.#afterFailure(result, undefined);
    this.#status = `${result}, sent again every second`;
    return { kind: 'again', afterSeconds: RESTART_DELAY_SECONDS };
  }

  #afterFailure(result: string, afterSeconds: number | undefined): Next {
    if (afterSeconds === undefined) {
      this.#status = `${result}, not sent again`;
      return DONE;
    }
    this.#status = `${result}, sent again after ${inWords(afterSeconds)}`;
    this.#restartDeadline = Date.now() + afterSeconds * 1000 + RESTART_MILLISECONDS;
    return { kind: 'later', afterSeconds };
  }
}

function inWords(seconds: number): string {
  return seconds < 60 ? `${seconds} seconds` : `${seconds / 60} minutes`;
}
