import { Injectable, type ExecutionContext, type HttpException } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { graphqlErrorFor } from './graphql/graphql-error.js';
import { isHttpRequest } from './http/http-request.js';
import { OptionalPackages } from './optional-packages.js';
import { emitException, isNativeClient } from './websocket/websocket-clients.js';

/** Turns refusals into what the clients of each transport understand. */
@Injectable()
export class RefusalAnswers {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly packages: OptionalPackages,
  ) {}

  /**
   * What to throw for a refusal.
   *
   * @param headers what belongs to an answer over HTTP
   */
  answerTo(
    refusal: HttpException,
    headers: Record<string, string>,
    context: ExecutionContext,
  ): unknown {
    switch (context.getType<string>()) {
      case 'graphql':
        return graphqlErrorFor(refusal);
      case 'ws':
        return this.answerToMessage(refusal, context);
      case 'rpc':
        return this.rpcExceptionFor(refusal);
      default:
        if (isHttpRequest(context)) this.setHeaders(headers, context);
        return refusal;
    }
  }

  /** An exception has no headers of its own. */
  private setHeaders(headers: Record<string, string>, context: ExecutionContext): void {
    const response = context.switchToHttp().getResponse<unknown>();
    for (const [name, value] of Object.entries(headers)) {
      this.adapterHost.httpAdapter.setHeader(response, name, value);
    }
  }

  /** Nest's filter sends the `exception` event; that of Nest 11 does not reach clients of `ws`. */
  private answerToMessage(refusal: HttpException, context: ExecutionContext): unknown {
    const { WsException, gatewaysAreFull } = this.packages;
    if (WsException === undefined) return refusal;
    const args = context.getArgs<unknown[]>();
    const [client] = args;
    const payload = payloadFor(refusal, args);
    if (!gatewaysAreFull && isNativeClient(client)) emitException(client, payload);
    return causedBy(refusal, new WsException(payload));
  }

  private rpcExceptionFor(refusal: HttpException): unknown {
    const { RpcException } = this.packages;
    return RpcException === undefined
      ? refusal
      : causedBy(refusal, new RpcException(bodyOf(refusal)));
  }
}

/** The body that a refusal has over HTTP, in the shape of Nest's errors of messages. */
export function bodyOf(refusal: HttpException): object {
  const response = refusal.getResponse();
  return { status: 'error', ...(typeof response === 'string' ? { message: response } : response) };
}

/**
 * What the `exception` event tells the client of a gateway: the same, and of which message.
 *
 * @param args what Nest calls the handler of the message with
 */
export function payloadFor(refusal: HttpException, args: readonly unknown[]): object {
  return { ...bodyOf(refusal), cause: { pattern: args.at(-1), data: args[1] } };
}

/** For filters, which find the reason there. */
function causedBy(refusal: HttpException, exception: Error): Error {
  return Object.assign(exception, { cause: refusal });
}
