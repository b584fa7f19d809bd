import type { ExecutionContext, HttpException } from '@nestjs/common';
import type { RejectionReason } from '../../rejections/rejection-table.js';
import { isObject } from '../../values/is-object.js';
import { Call, type AnnotationTarget, type CallPart } from '../call.js';
import type { CallTools } from '../call-tools.js';
import { handlesEvents, messagePatternsOf } from './message-patterns.js';
import { eventExceptionFor, rpcExceptionFor } from './rpc-exception.js';

export function messageCallOf(context: ExecutionContext): Call | undefined {
  return context.getType() === 'rpc' ? new MessageCall(context) : undefined;
}

/** A message or event of a microservice. The transports of microservices have no common place for a token, so `tokenSource` finds it. */
class MessageCall extends Call {
  readonly transport = 'rpc';
  readonly words = 'RPC';

  readToken(): undefined {}

  override describeRejection(reason: RejectionReason): string | undefined {
    return reason === 'token_missing'
      ? 'The option tokenSource is not set, so messages have no access token'
      : undefined;
  }

  override part(name: CallPart): unknown {
    return name === 'message' ? this.context.switchToRpc().getData<unknown>() : undefined;
  }

  override get tokenLifetime(): object | undefined {
    return this.objects[0];
  }

  override get operationLifetime(): object | undefined {
    return this.objects[0];
  }

  override get annotationTarget(): AnnotationTarget | undefined {
    const messageContext = this.context.getArgByIndex<unknown>(1);
    return isObject(messageContext) ? messageContext : undefined;
  }

  override get eventNames(): string | undefined {
    const handler = this.context.getHandler();
    return handlesEvents(handler) ? messagePatternsOf(handler).join(', ') : undefined;
  }

  override rejectionFor(error: unknown, tools: CallTools): unknown {
    return this.eventNames === undefined
      ? super.rejectionFor(error, tools)
      : eventExceptionFor(error);
  }

  override translate(exception: HttpException, { packages }: CallTools): unknown {
    return rpcExceptionFor(exception, this.context, packages);
  }
}
