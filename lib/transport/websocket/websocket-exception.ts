import type { ExecutionContext, HttpException } from '@nestjs/common';
import { errorBodyOf } from '../error-body.js';
import type { OptionalPackages } from '../optional-packages.js';
import { emitException, isNativeClient } from './websocket-clients.js';

/** Nest's filter emits the event `exception`; that of Nest 11 does not reach clients of `ws`. */
export function websocketExceptionFor(
  exception: HttpException,
  context: ExecutionContext,
  { WsException, hasNest12Gateways }: OptionalPackages,
): unknown {
  if (WsException === undefined) return exception;
  const args = context.getArgs<unknown[]>();
  const [client] = args;
  const payload = exceptionPayloadFor(exception, args);
  if (!hasNest12Gateways && isNativeClient(client)) emitException(client, payload);
  // Filters find the reason in the cause.
  return Object.assign(new WsException(payload), { cause: exception });
}

/**
 * The data of the event `exception`: the body, and which message it is about.
 *
 * @param args what Nest calls the handler of the message with
 */
export function exceptionPayloadFor(exception: HttpException, args: readonly unknown[]): object {
  return { ...errorBodyOf(exception), cause: { pattern: args.at(-1), data: args[1] } };
}
