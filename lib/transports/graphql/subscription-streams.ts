import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { map, type Observable } from 'rxjs';
import { exceptionFor, isRejectionException } from '../../rejections/exception-for.js';
import { Rejection } from '../../rejections/rejection.js';
import { EndableIterator } from './endable-iterator.js';
import { resolverArgumentsOf } from './resolver-arguments.js';
import { graphqlErrorFor } from './graphql-error.js';
import { subscriptionConnectionOf } from './subscription-connection.js';
import { isSubscription } from '../../rules/handler-kinds.js';
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
  readonly debugMode: boolean;
}

/** By the information about its field, which is another object for each. */
const allowedSubscriptions = new WeakMap<object, AllowedSubscription>();

/** Ends a subscription, once it begins, with the access that it was let in with. */
export function addSubscription(context: ExecutionContext, allowed: AllowedSubscription): void {
  const { info } = resolverArgumentsOf(context);
  if (info !== undefined) allowedSubscriptions.set(info, allowed);
}

/** Gets hold of the events of a subscription. Guards have let it in by then, and an error of the handler leaves nothing behind. */
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

/** So that subscriptions can be ended. The interceptor comes behind those that are there: what they make of the events ends with these. */
export function prepareResolver(handler: Function): void {
  if (isSubscription(handler)) placeSubscriptionInterceptor(handler);
}

export function placeSubscriptionInterceptor(handler: Function): void {
  if (hasSubscriptionInterceptor(handler)) return;
  const others = interceptorsOf(handler);
  Reflect.defineMetadata(INTERCEPTORS_METADATA, [...others, subscriptionInterceptor], handler);
}

/** Whether subscriptions of a handler can be ended. Nest finds no interceptor on a function with which a constructor has replaced it. */
export function hasSubscriptionInterceptor(handler: Function): boolean {
  return interceptorsOf(handler).includes(subscriptionInterceptor);
}

function interceptorsOf(handler: Function): readonly unknown[] {
  return (Reflect.getMetadata(INTERCEPTORS_METADATA, handler) as unknown[] | undefined) ?? [];
}

/**
 * Where the connection is known, it is closed, so that the client connects again with a new token. Otherwise the client gets an error: it
 * would take a proper end for one that the application wants.
 */
function begin(
  context: ExecutionContext,
  { streams, access, debugMode }: AllowedSubscription,
  source: AsyncIterator<unknown> | undefined,
): EndableIterator<unknown> | undefined {
  if (source === undefined) return undefined;
  const connection = subscriptionConnectionOf(context);
  const events = new EndableIterator(source, () => {
    remove();
    stopListening?.();
  });
  const remove = streams.add({
    ...access,
    end(why) {
      if (connection === undefined) return events.end(errorFor(why, debugMode));
      connection.close(describeEnd(why));
      events.silence();
    },
  });
  // A source may have events that it need not wait for.
  if (streams.isOver(access)) events.silence();
  const stopListening = connection?.onClosed(() => events.end());
  return events;
}

/** The events of a subscription, as its handler has returned them. */
export function iteratorOf(result: unknown): AsyncIterator<unknown> | undefined {
  if (!isObject(result)) return undefined;
  const { [Symbol.asyncIterator]: iterate, next } = result as Partial<
    AsyncIterableIterator<unknown>
  >;
  if (typeof iterate === 'function') return iterate.call(result);
  // As much is enough for the filters of Nest's driver for Apollo.
  return typeof next === 'function' ? (result as AsyncIterator<unknown>) : undefined;
}

function errorFor(why: EndReason, debugMode: boolean): unknown {
  const reason = why === 'token_expired' ? 'token_expired' : 'token_revoked';
  const exception = exceptionFor(new Rejection(reason), debugMode, () => describeEnd(why));
  return isRejectionException(exception) ? graphqlErrorFor(exception) : exception;
}
