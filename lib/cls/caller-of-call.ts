import type { ExecutionContext } from '@nestjs/common';
import { findOwnCaller, type KnownCaller } from '../decision/decision.js';
import { isOperationCall } from '../transports/graphql/graphql-operations.js';
import { type StoredCaller, callers } from './caller-storage.js';
import { FieldValues } from '../transports/graphql/field-values.js';
import { resolverArgumentsOf } from '../transports/graphql/resolver-arguments.js';
import { iteratorOf } from '../transports/graphql/subscription-streams.js';

const NOBODY = Object.freeze({ identified: null, user: null, org: null, apiKey: null, mcp: null });

/** The caller of a call. For a GraphQL field without a rule, the caller of the nearest field above; `undefined` if there is none. */
export function callerOfCall(context: ExecutionContext): StoredCaller | undefined {
  const decided = findOwnCaller(context);
  if (context.getType<string>() !== 'graphql') return storedCaller(context, decided);
  if (decided === undefined && !isOperationCall(context)) return findCallerAbove(context);
  const caller = storedCaller(context, decided);
  keepCallerForFields(context, caller);
  return caller;
}

function storedCaller(
  context: ExecutionContext,
  decided: Pick<KnownCaller, 'identified' | 'user' | 'org' | 'apiKey' | 'mcp'> = NOBODY,
): StoredCaller {
  const { identified, user, org, apiKey, mcp } = decided;
  return Object.freeze({ identified, user, org, apiKey, mcp, context });
}

const fields = new FieldValues<StoredCaller>();

/** Keeps the caller of an operation, or of a field with a rule of its own, for the fields below it. */
function keepCallerForFields(context: ExecutionContext, caller: StoredCaller): void {
  const { args, info } = resolverArgumentsOf(context);
  // The field of a reference has no path of its own: all references of a query share one.
  if (info !== undefined && args !== undefined) fields.keep(info.path, caller);
}

/** The caller of the nearest field above with a caller, up to the operation; `undefined` if this execution has none. */
function findCallerAbove(context: ExecutionContext): StoredCaller | undefined {
  const { info } = resolverArgumentsOf(context);
  return info && fields.nearest(info.path, info.schema, () => undefined);
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
