import type { ExecutionContext, HttpException } from '@nestjs/common';
import { errorBodyOf } from '../error-body.js';
import type { OptionalPackages } from '../optional-packages.js';
import {
  isConnected,
  isNativeClient,
  isSocketIoClient,
  type SocketClient,
} from './websocket-clients.js';

/**
 * The error to throw for a message. Nest's filter emits it as the event `exception`; the filter of Nest 11 does not reach clients of `ws`.
 */
export function websocketExceptionFor(
  exception: HttpException,
  context: ExecutionContext,
  { WsException, hasNest12Gateways }: OptionalPackages,
): unknown {
  if (WsException === undefined) return exception;
  const args = context.getArgs<unknown[]>();
  const [client] = args;
  const payload = payloadFor(exception, args);
  if (!hasNest12Gateways && isNativeClient(client)) emit(client, payload);
  // Filters find the reason in the cause.
  return Object.assign(new WsException(payload), { cause: exception });
}

/**
 * Emits the event `exception` to a client, where Nest's own filter does not.
 *
 * @param args the arguments with which Nest calls the handler of the message; none if the exception is about the connection itself
 */
export function emitException(
  client: SocketClient,
  exception: HttpException,
  args?: readonly unknown[],
): void {
  emit(client, args === undefined ? errorBodyOf(exception) : payloadFor(exception, args));
}

/**
 * The data of the event `exception`: the body, and the name of the event that it is about. Never the data of that event: a client may nest
 * the data so deeply that no serializer gets through it.
 */
function payloadFor(exception: HttpException, args: readonly unknown[]): object {
  return { ...errorBodyOf(exception), cause: { pattern: args.at(-1) } };
}

function emit(client: SocketClient, payload: object): void {
  if (isSocketIoClient(client)) client.emit('exception', payload);
  else if (isConnected(client)) client.send(JSON.stringify({ event: 'exception', data: payload }));
}
