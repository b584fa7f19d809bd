import { iteratorOf } from '../transports/graphql/subscription-streams.js';
import { callers, type StoredCaller } from './caller-storage.js';

/**
 * Reads the events of a subscription as its caller: GraphQL reads them outside of the interceptor, and only then the body of a generator
 * runs.
 *
 * @returns `result` itself, if it has no events
 */
export function eventsFor(caller: StoredCaller | undefined, result: unknown): unknown {
  const source = callers.run(caller, () => iteratorOf(result));
  return source === undefined ? result : new CallerEvents(caller, source);
}

class CallerEvents implements AsyncIterableIterator<unknown> {
  constructor(
    private readonly caller: StoredCaller | undefined,
    private readonly source: AsyncIterator<unknown>,
  ) {}

  next(): Promise<IteratorResult<unknown>> {
    return callers.run(this.caller, () => this.source.next());
  }

  async return(): Promise<IteratorResult<unknown>> {
    await callers.run(this.caller, () => this.source.return?.());
    return { done: true, value: undefined };
  }

  async throw(error: unknown): Promise<IteratorResult<unknown>> {
    if (this.source.throw === undefined) throw error;
    return callers.run(this.caller, () => this.source.throw!(error));
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
