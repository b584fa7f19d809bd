import { registerCleanup } from './clean-up.js';
import { until } from './fake-timers.js';

/** What a client sends with each attempt to connect. */
type HeadersOfAttempt = () => Promise<Record<string, string>>;

/**
 * Reads an event stream as the `EventSource` libraries over `fetch` do: it connects again when the connection breaks. A proper end is the
 * end, and so is a response that is not 200.
 */
export class EventStreamClient {
  /** The data of the events, in order. */
  readonly events: string[] = [];
  /** The status of each response. */
  readonly statuses: number[] = [];
  /** How often the connection broke. */
  breaks = 0;
  /** Whether it does not connect any more. */
  isOver = false;
  private readonly aborting = new AbortController();

  /** Connects, and waits for the first response. */
  static async open(url: string, headers: HeadersOfAttempt): Promise<EventStreamClient> {
    const client = new EventStreamClient();
    registerCleanup(() => client.close());
    void client.run(url, headers);
    await until(() => client.statuses.length > 0 || client.isOver);
    return client;
  }

  /** Waits until so many events have come in all. */
  async received(count: number): Promise<string[]> {
    await until(() => this.events.length >= count);
    return this.events;
  }

  close(): void {
    this.aborting.abort();
  }

  private async run(url: string, headers: HeadersOfAttempt): Promise<void> {
    while (!this.isOver) {
      try {
        await this.read(await fetch(url, { headers: await headers(), signal: this.signal }));
        this.isOver = true;
      } catch {
        this.isOver = this.signal.aborted;
        this.breaks++;
      }
    }
  }

  private async read({ status, body }: Response): Promise<void> {
    this.statuses.push(status);
    if (status !== 200 || body === null) return;
    for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
      for (const [, data] of chunk.matchAll(/^data: (.*)$/gm)) this.events.push(data as string);
    }
  }

  private get signal(): AbortSignal {
    return this.aborting.signal;
  }
}
