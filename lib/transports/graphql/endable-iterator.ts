import { AsyncResource } from 'node:async_hooks';

/** The events of a subscription, which other code than their reader may end. After the end, it passes on no event of its source. */
export class EndableIterator<Event> implements AsyncIterableIterator<Event, undefined> {
  /** The calls of `next()` that wait for an event. */
  private readonly waiting = new Set<WaitingCall<Event>>();
  private isOver = false;
  /** The error for the next call of `next()`, if none was waiting at the end. */
  private error: unknown;
  /** Stops the source in the async context of the subscribing call, whoever ends the subscription. */
  private readonly stop = AsyncResource.bind(() => stop(this.source));

  /** @param onEnd called once, when the events end: by the source, by their reader, or by {@link end} */
  constructor(
    private readonly source: AsyncIterator<Event>,
    private readonly onEnd: () => void,
  ) {}

  next(): Promise<IteratorResult<Event, undefined>> {
    if (this.isOver) return this.finalResult();
    return new Promise((resolve, reject) => {
      const call = { resolve, reject };
      this.waiting.add(call);
      void this.read(call);
    });
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    if (this.isOver) return DONE;
    this.finish();
    // Awaited, so that the reader gets an error of the source.
    await this.source.return?.();
    return DONE;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** @param error the error that one reader gets; all others, and all without an error, get the regular end of the events */
  end(error?: unknown): void {
    if (this.isOver) return;
    this.finish(error);
    void this.stop();
  }

  private finalResult(): Promise<IteratorReturnResult<undefined>> {
    const { error } = this;
    this.error = undefined;
    return error === undefined ? Promise.resolve(DONE) : Promise.reject(error);
  }

  private async read(call: WaitingCall<Event>): Promise<void> {
    try {
      const result = await this.source.next();
      if (this.isOver) return;
      if (result.done === true) return this.finish();
      this.waiting.delete(call);
      call.resolve(result);
    } catch (error) {
      if (!this.isOver) this.finish(error);
    }
  }

  private finish(error?: unknown): void {
    this.isOver = true;
    this.error = error;
    this.onEnd();
    for (const call of this.waiting) call.resolve(this.finalResult());
    this.waiting.clear();
  }
}

interface WaitingCall<Event> {
  readonly resolve: (result: Awaitable<IteratorResult<Event, undefined>>) => void;
  readonly reject: (error: unknown) => void;
}

type Awaitable<Value> = Value | Promise<Value>;

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** Callers do not await this, because a generator that waits for an event stops only when the event arrives. */
async function stop(source: AsyncIterator<unknown>): Promise<void> {
  try {
    await source.return?.();
  } catch {
    // For its readers, the subscription has ended anyway.
  }
}
