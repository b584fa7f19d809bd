import type { ExecutionContext } from '@nestjs/common';
import { findOwnCaller } from '../decision/kept-decisions.js';
import { isOperationCall } from '../transports/graphql/graphql-operations.js';
import { type StoredCaller, callers } from './caller-storage.js';
import { FieldValues } from '../transports/graphql/field-values.js';
import { resolverArgumentsOf } from '../transports/graphql/resolver-arguments.js';
import { iteratorOf } from '../transports/graphql/subscription-streams.js';

const fields = new FieldValues<StoredCaller>();

/** The caller of a call. For a GraphQL field without a rule, the caller of the nearest field above; `undefined` if there is none. */
export function callerOfCall(context: ExecutionContext): StoredCaller | undefined {
  const decided = findOwnCaller(context);
  const { identified = null, org = null } = decided ?? {};
  const caller = { identified, org, context };
  if (context.getType<string>() !== 'graphql') return caller;
  const { args, info } = resolverArgumentsOf(context);
  if (decided === undefined && !isOperationCall(context)) {
    return info && fields.nearest(info.path, info.schema, () => undefined);
  }
  // For the fields below. The field of a reference has no path of its own: all references of a query share one.
  if (info !== undefined && args !== undefined) fields.keep(info.path, caller);
  return caller;
}

/**
 * Reads the events of a subscription as its caller. GraphQL reads events outside of the interceptor, and the body of a generator runs only
 * then.
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

  [Symbol.asyncIterator](): this {
    return this;
  }
}
