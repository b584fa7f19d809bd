import { HttpException, type ExecutionContext } from '@nestjs/common';
import type { AccessedRoute } from '../options/access-decision-event.interface.js';
import type { RejectionReason } from '../rejections/rejection-table.js';
import type { CallTransport } from '../plugins/observer.js';
import type { CallTools } from './call-tools.js';
import type { StreamAccess } from './open-streams.js';
import type { RequestHeaders } from './request-headers.js';

/** What the guard leaves on a request, connection or message. Nothing here reads it back. */
export interface AnnotationTarget {
  user?: unknown;
  org?: unknown;
}

/** The parts of a call in which an organization can be named, besides its headers and token. */
export type CallPart = 'path' | 'query' | 'body' | 'argument' | 'message';

/**
 * One call of one handler, as its transport sees it: where its parts are, how long they last, and what its client understands. The
 * defaults are those of a call that came with no request.
 */
export abstract class Call {
  /** @param context what Nest made for the guards of the call */
  constructor(readonly context: ExecutionContext) {}

  /** The transport, as telemetry and `describeAccess()` name it. */
  abstract readonly transport: CallTransport;

  /** The transport in logs. */
  abstract readonly words: string;

  // Credentials

  /**
   * The access token.
   *
   * @throws {Rejection} when there is none, or not exactly one
   */
  abstract readToken(): string;

  /** Whether only the application can say where the token is. */
  get needsTokenSource(): boolean {
    return false;
  }

  /** The request that the call came with, or that opened its connection, if there is one and it is known. */
  get request(): RequestHeaders | undefined {
    return undefined;
  }

  /** The request that a webhook signs: of calls that are requests themselves. */
  get signedRequest(): RequestHeaders | undefined {
    return undefined;
  }

  /** The address that the call comes from, if it is known. */
  get address(): string | undefined {
    return undefined;
  }

  /**
   * What `debugMode` says about a missing or malformed credential, where it is looked for elsewhere than in the Authorization header of an
   * HTTP request. `undefined` for the words of the reason.
   */
  describeRejection(_reason: RejectionReason): string | undefined {
    return undefined;
  }

  /** A part of the call, as a client has sent it; `undefined` where this transport has no such part. */
  part(_name: CallPart): unknown {
    return undefined;
  }

  // Scopes

  /** The request or connection that the token came with, where it is verified once for all who ask. */
  get tokenScope(): object | undefined {
    return undefined;
  }

  /**
   * What lasts as long as the call, or the operation that it is part of: API keys and step-up grants are asked about once for it.
   * No connection, over which others follow.
   */
  get operationScope(): object | undefined {
    return undefined;
  }

  /**
   * The request that the operation came with, where one can bring several operations. `undefined` where none can, and over a connection, on
   * which others follow.
   */
  get batch(): object | undefined {
    return undefined;
  }

  // The decision about the call

  /** The object of this call on which the decision is kept: a property costs less than a look-up by {@link decisionKeys}. */
  get decisionHolder(): object | undefined {
    return undefined;
  }

  /**
   * What belongs to this one call of this one handler, if anything does: by these objects together, what was decided about the call is found
   * again. What was decided is kept for as long as all of them are.
   */
  get decisionKeys(): readonly object[] {
    return [];
  }

  /** The connection of a message that has no object of its own: all such messages of one handler share what is known of the caller. */
  get sharedConnection(): object | undefined {
    return undefined;
  }

  /** Whether another context has the arguments of this call. Nest hands copies of their list to pipes and parameters. */
  hasArgumentsOf(context: ExecutionContext): boolean {
    const [args, others] = [this.context.getArgs<unknown[]>(), context.getArgs<unknown[]>()];
    return isSameList(args, others);
  }

  /** Whether the call is part of an operation that was allowed, and has no rule of its own to meet. */
  belongsToAllowedOperation(): boolean {
    return false;
  }

  /** Notes that the call was allowed, for the parts of its operation. */
  noteAllowed(): void {}

  /** What the caller is left on for logging and error tools, if there is such a thing. */
  get annotationTarget(): AnnotationTarget | undefined {
    return undefined;
  }

  /** The route, as far as this transport has one. */
  get route(): Pick<AccessedRoute, 'method' | 'path' | 'mcp'> {
    return {};
  }

  // Streams

  /** Whether what the call opens may stay open, whatever its handler is: all that comes over a connection. */
  get mayStayOpen(): boolean {
    return true;
  }

  /**
   * Ends what the call keeps open when the caller's access ends.
   *
   * @param isCertain whether its response is a stream; otherwise, only the handler knows
   * @throws the exception that rejects a call whose stream could not be ended
   */
  endWithAccess(_access: StreamAccess, _tools: CallTools, _isCertain: boolean): void {}

  // Rejections

  /** The events that the call is one of, in words: `order.paid`. Their sender gets no response; `undefined` for other calls. */
  get eventNames(): string | undefined {
    return undefined;
  }

  /**
   * What to throw for what rejects the call, so that its client understands it. An error that is no exception for clients stays what it is:
   * an organization source of the application may throw one of its own.
   */
  rejectionFor(error: unknown, tools: CallTools): unknown {
    return error instanceof HttpException ? this.translate(error, tools) : error;
  }

  /** What to throw for an exception, so that the clients of this transport understand it. */
  translate(exception: HttpException, _tools: CallTools): unknown {
    return exception;
  }

  /** Lets web pages read the challenge of an exception, if there is one: MCP clients in browsers need it. */
  exposeChallenge(_exception: HttpException, _tools: CallTools): void {}
}

export function isSameList(values: readonly unknown[], others: readonly unknown[]): boolean {
  return (
    values.length === others.length &&
    values.every((value, index) => Object.is(value, others[index]))
  );
}
