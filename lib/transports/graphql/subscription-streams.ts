import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { map, type Observable } from 'rxjs';
import { exceptionFor, isRejectionException } from '../../rejections/exception-for.js';
import { Rejection } from '../../rejections/rejection.js';
import type { RejectionBodyOptions } from '../../rejections/rejection.exceptions.js';
import { EndableIterator } from './endable-iterator.js';
import { resolverArgumentsOf } from './resolver-arguments.js';
import { graphqlErrorFor } from './graphql-error.js';
import { subscriptionConnectionOf } from './subscription-connection.js';
import { isSubscription } from '../handler-types.js';
import { isObject } from '../../values/is-object.js';
import {
  describeEnd,
  type OpenStreams,
  type StreamAccess,
  type EndReason,
} from '../open-streams.js';

// The key under which Nest keeps @UseInterceptors().
const INTERCEPTORS_METADATA = '__interceptors__';

/** A subscription that was let in, and has not begun. */
interface AllowedSubscription {
  readonly streams: OpenStreams;
  readonly access: StreamAccess;
  readonly options: RejectionBodyOptions;
}

/** The allowed subscriptions, by the information about their field, which is a separate object for each. */
const allowedSubscriptions = new WeakMap<object, AllowedSubscription>();

/** Keeps an allowed subscription until it begins, so that it ends when the access that allowed it ends. */
export function addSubscription(context: ExecutionContext, allowed: AllowedSubscription): void {
  const { info } = resolverArgumentsOf(context);
  if (info !== undefined) allowedSubscriptions.set(info, allowed);
}

/** Makes the events of a subscription endable. Interceptors run after the guards, and an error of the handler leaves nothing behind. */
const subscriptionInterceptor: NestInterceptor = Object.freeze({
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { info } = resolverArgumentsOf(context);
    const allowed = info && allowedSubscriptions.get(info);
    if (allowed === undefined) return next.handle();
    return next
      .handle()
      .pipe(map((result) => begin(context, allowed, iteratorOf(result)) ?? result));
  },
});

/**
 * Makes the subscriptions of a handler endable. The interceptor comes behind those that are there: what they make of the events ends with
 * the events.
 */
export function prepareResolver(handler: Function): void {
  if (!isSubscription(handler) || hasSubscriptionInterceptor(handler)) return;
  const others = interceptorsOf(handler);
  Reflect.defineMetadata(INTERCEPTORS_METADATA, [...others, subscriptionInterceptor], handler);
}

/**
 * Whether subscriptions of a handler can be ended. Nest finds no interceptor on a function with which a constructor has replaced the
 * handler.
 */
export function hasSubscriptionInterceptor(handler: Function): boolean {
  return interceptorsOf(handler).includes(subscriptionInterceptor);
}

function interceptorsOf(handler: Function): readonly unknown[] {
  return (Reflect.getMetadata(INTERCEPTORS_METADATA, handler) as unknown[] | undefined) ?? [];
}

/**
 * Makes the events of a subscription end with the access. If the connection can be closed, it is, so that the client connects again with
 * a new token. Otherwise the client gets an error, because it would take a regular end for one that the application wants.
 */
function begin(
  context: ExecutionContext,
  { streams, access, options }: AllowedSubscription,
  source: AsyncIterator<unknown> | undefined,
): EndableIterator<unknown> | undefined {
  if (source === undefined) return undefined;
  const connection = subscriptionConnectionOf(context);
  const events = new EndableIterator(source, () => {
    remove();
    stopListening?.();
  });
  const end = (why: EndReason) => {
    const isClosed = connection?.close(describeEnd(why)) === true;
    events.end(isClosed ? undefined : errorFor(why, options));
  };
  const remove = streams.add({ ...access, end });
  const stopListening = connection?.onClosed(() => events.end());
  // Ended right away, because the source may have events that it need not wait for.
  const why = streams.endOf(access);
  if (why !== undefined) end(why);
  return events;
}

/** The events of a subscription, as its handler has returned them. */
export function iteratorOf(result: unknown): AsyncIterator<unknown> | undefined {
  if (!isObject(result)) return undefined;
  const { [Symbol.asyncIterator]: iterate, next } = result as Partial<
    AsyncIterableIterator<unknown>
  >;
  if (typeof iterate === 'function') return iterate.call(result);
  // For the filters of Nest's Apollo driver, an iterator alone is enough.
  return typeof next === 'function' ? (result as AsyncIterator<unknown>) : undefined;
}

function errorFor(why: EndReason, options: RejectionBodyOptions): unknown {
  const reason = why === 'token_expired' ? 'token_expired' : 'token_revoked';
  const exception = exceptionFor(new Rejection(reason), options, () => describeEnd(why));
  return isRejectionException(exception) ? graphqlErrorFor(exception) : exception;
}
