import type { ExecutionContext, HttpException } from '@nestjs/common';
import type { RejectionReason } from '../../rejections/rejection-table.js';
import { isObject } from '../../values/is-object.js';
import { Call, type AnnotationTarget, type CallPart } from '../call.js';
import type { CallTools } from '../call-tools.js';
import type { StreamAccess } from '../open-streams.js';
import type { RequestHeaders } from '../request-headers.js';
import { endSocketWithAccess } from './socket-streams.js';
import { websocketExceptionFor } from './websocket-exception.js';
import {
  describeHandshakeRejection,
  handshakeRequestOf,
  handshakeTokenOf,
} from './websocket-handshake.js';

export function websocketCallOf(context: ExecutionContext): Call | undefined {
  return context.getType() === 'ws' ? new WebsocketCall(context) : undefined;
}

/** A message to a WebSocket gateway. The token came with the handshake of the connection. */
class WebsocketCall extends Call {
  readonly transport = 'websocket';
  readonly words = 'WebSocket';

  readToken(): string | undefined {
    return handshakeTokenOf(this.client);
  }

  override get request(): RequestHeaders | undefined {
    return handshakeRequestOf(this.client);
  }

  override describeRejection(reason: RejectionReason): string | undefined {
    return describeHandshakeRejection(reason, this.client);
  }

  override part(name: CallPart): unknown {
    return name === 'message' ? this.context.switchToWs().getData<unknown>() : undefined;
  }

  override get tokenLifetime(): object | undefined {
    return isObject(this.client) ? this.client : undefined;
  }

  /** The data of the message, or the function that acknowledges it: a separate object for each message. */
  override get operationLifetime(): object | undefined {
    const [, data, acknowledge] = this.context.getArgs<unknown[]>();
    return [data, acknowledge].find(isObject);
  }

  override get objects(): readonly object[] {
    const { operationLifetime } = this;
    return operationLifetime === undefined ? [] : [operationLifetime];
  }

  override get sharedConnection(): object | undefined {
    return this.operationLifetime === undefined ? this.tokenLifetime : undefined;
  }

  override get annotationTarget(): AnnotationTarget {
    return this.client;
  }

  override endWithAccess(access: StreamAccess, tools: CallTools): void {
    endSocketWithAccess(this.client, access, tools);
  }

  override translate(exception: HttpException, { packages }: CallTools): unknown {
    return websocketExceptionFor(exception, this.context, packages);
  }

  private get client(): AnnotationTarget {
    return this.context.getArgByIndex<AnnotationTarget>(0);
  }
}
