import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { loggable } from '../../values/loggable.js';
import type { LocalEvent } from '../project-changes.js';
import type { EventSender } from './event-sender.js';

/** The first delays of Svix, which sends an event again for longer than one works on a change. */
const DELAYS_SECONDS = [5, 300, 1_800];

/** An event on its way to the application. It is sent until the application returns 2xx, four times at most. */
export class EventDelivery {
  private readonly logger = new Logger('PropelAuth');
  private readonly messageId = `msg_${randomUUID()}`;
  private readonly delays = [...DELAYS_SECONDS];
  private currentStatus = 'no response yet';
  private timer: NodeJS.Timeout | undefined;
  private isCancelled = false;

  /** @param path where the application receives it */
  constructor(
    readonly event: LocalEvent,
    private readonly path: string,
    private readonly sender: EventSender,
  ) {}

  /** What the application last returned, and whether the event is sent again. */
  get status(): string {
    return this.currentStatus;
  }

  /** Sends the event. The promise is resolved after the first response. */
  async start(): Promise<void> {
    const { isReceived, result } = await this.attempt();
    const line = `${this.event.event_type}: POST ${this.path} ${result}`;
    const delay = isReceived || this.isCancelled ? undefined : this.delays.shift();
    const next = delay === undefined ? 'not sent again' : `sent again after ${inWords(delay)}`;
    this.currentStatus = isReceived ? result : `${result}, ${next}`;
    if (isReceived) this.logger.log(line);
    else this.logger.warn(`${line}, ${next}`);
    if (delay !== undefined) this.timer = setTimeout(() => void this.start(), delay * 1000).unref();
  }

  /** Does not send the event again. */
  cancel(): void {
    this.isCancelled = true;
    clearTimeout(this.timer);
  }

  private async attempt(): Promise<{ isReceived: boolean; result: string }> {
    try {
      const status = await this.sender.send(this.event, this.messageId, this.path);
      return { isReceived: status >= 200 && status < 300, result: String(status) };
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      return { isReceived: false, result: `failed (${loggable(code ?? message)})` };
    }
  }
}

function inWords(seconds: number): string {
  return seconds < 60 ? `${seconds} seconds` : `${seconds / 60} minutes`;
}
