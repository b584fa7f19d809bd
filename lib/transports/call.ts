import { HttpException, type ExecutionContext } from '@nestjs/common';
import type { AccessedRoute } from '../options/access-decision-event.interface.js';
import type { RejectionReason } from '../rejections/rejection-table.js';
import type { Policy } from '../rules/policy.js';
import { isObject } from '../values/is-object.js';
import type { CallTools } from './call-tools.js';
import type { StreamAccess } from './open-streams.js';
import { addressOfRequest, idOfRequest, type RequestHeaders } from './request-headers.js';

/** The properties that the guard leaves on a request, connection or message. This package never reads them back. */
export interface AnnotationTarget {
  user?: unknown;
  org?: unknown;
}

/** The decision about an operation that was allowed, or what is known of it. */
export interface DecidedOperation {
  /** The rules that it has met. */
  readonly policy: Policy | undefined;
  /** Who called it; `null` for an unauthenticated one, and where nobody was asked for. Not known of a subscription. */
  readonly identified?: object | null;
}

/** The parts of a call, besides its headers and token. `parent` is the object that a GraphQL field belongs to. */
export type CallPart = 'path' | 'query' | 'body' | 'argument' | 'message' | 'parent';

/**
 * One call of one handler, as its transport sees it: where its parts are, how long they last, and what its client understands. The
 * defaults are those of a call that came with no request.
 */
export abstract class Call {
  /** @param context the context that Nest created for the guards of the call */
  constructor(readonly context: ExecutionContext) {}

  /** The name of the transport in telemetry, one word. `describeAccess()` has the same names. */
  abstract readonly transport: string;

  /** The transport in logs. */
  abstract readonly words: string;

  // Credentials

  /**
   * The access token; `undefined` if there is none.
   *
   * @throws {Rejection} for a malformed one, and for different ones
   */
  abstract readToken(): string | undefined;

  /** Whether the `tokenSource` of the module says where the token is, if it is set. */
  get takesTokenSource(): boolean {
    return true;
  }

  /** The request that the call came with, or that opened its connection, if there is one and it is known. */
  get request(): RequestHeaders | undefined {
    return undefined;
  }

  /** The HTTP request, for calls that are HTTP requests themselves. */
  get httpRequest(): RequestHeaders | undefined {
    return undefined;
  }

  /** The address that the call comes from, if it is known. */
  get address(): string | undefined {
    return addressOfRequest(this.request);
  }

  /** The id of the request that the call came with, or that opened its connection, if the application has given it one. */
  get requestId(): string | undefined {
    return idOfRequest(this.request);
  }

  /**
   * The description under `debugMode` of a credential that is missing or malformed in another place than the Authorization header of an
   * HTTP request; `undefined` if the general description of the reason applies.
   */
  describeRejection(_reason: RejectionReason): string | undefined {
    return undefined;
  }

  /** A part of the call, as a client has sent it; `undefined` where this transport has no such part. */
  part(_name: CallPart): unknown {
    return undefined;
  }

  // Lifetimes: objects that last as long as something does, so that it is done once.

  /** The request or connection that the token came with. Within it, the token is verified once. */
  get tokenLifetime(): object | undefined {
    return undefined;
  }

  /**
   * An object that lasts as long as the call, or the operation that the call is part of: PropelAuth is asked about step-up grants once for
   * it. It is never a connection, because other calls follow over one.
   */
  get operationLifetime(): object | undefined {
    return undefined;
  }

  /**
   * What shares the rows of the application and the verdicts of its rules: the HTTP request, or the GraphQL operation at the root of the path.
   * `undefined` for a call that shares them with no other.
   */
  get sharingLifetime(): object | undefined {
    return undefined;
  }

  /**
   * The request with all its operations, or the message: within it, the caller of a credential is identified once. It is never a connection,
   * because other calls follow over one.
   */
  get identificationLifetime(): object | undefined {
    return this.operationLifetime;
  }

  /**
   * The request that the operation came with, if such a request can contain several operations; `undefined` if it cannot, and over a
   * connection, because others follow over one.
   */
  get batch(): object | undefined {
    return undefined;
  }

  // The decision about the call

  /** @throws the exception for a call that does not show what a decision needs, because of how the application executes it */
  assertDecidable(): void {}

  /**
   * The objects that together belong only to this call of this handler: its arguments, unless the transport says otherwise. None for a
   * message that is a string or number.
   */
  get objects(): readonly object[] {
    return this.context.getArgs<unknown[]>().filter(isObject);
  }

  /**
   * The lists of objects by which the decision about the call is found. It is kept for as long as all objects of a list exist. Interceptors
   * may replace arguments, so they find it by the list of arguments, which they share with the guard.
   */
  get decisionKeys(): readonly (readonly [object, ...object[]])[] {
    const [first, ...others] = this.objects;
    const list: object = this.context.getArgs();
    return first === undefined ? [[list]] : [[list], [first, ...others]];
  }

  /** The connection of a message that has no object of its own: all such messages of one handler share their caller. */
  get sharedConnection(): object | undefined {
    return undefined;
  }

  /** The operation that the call is part of, if a guard has allowed it. */
  get decidedOperation(): DecidedOperation | undefined {
    return undefined;
  }

  /** Notes that the call was allowed, for the parts of its operation. */
  noteAllowed(_decision: DecidedOperation): void {}

  /** The object on which the guard leaves the caller for logging and error tools, if there is one. */
  get annotationTarget(): AnnotationTarget | undefined {
    return undefined;
  }

  /** The route, as far as this transport has one. */
  get route(): Pick<AccessedRoute, 'method' | 'path' | 'mcp'> {
    return {};
  }

  // Streams

  /** Whether the call may leave something open, whatever its handler is. Every call over a connection may. */
  get mayStayOpen(): boolean {
    return true;
  }

  /**
   * Ends what the call keeps open when the caller's access ends.
   *
   * @param isCertain whether the response of the call is a stream; otherwise, only the handler knows
   * @throws the exception that rejects a call whose stream could not be ended
   */
  endWithAccess(_access: StreamAccess, _tools: CallTools, _isCertain: boolean): void {}

  // Rejections

  /**
   * The events that the handler of an event handles, in words: `order.paid`. Senders of events get no response. `undefined` for other
   * calls.
   */
  get eventNames(): string | undefined {
    return undefined;
  }

  /**
   * The error to throw for a rejected call, as its client understands it. An error that is no HttpException is thrown as it is: an
   * organization source of the application may throw one of its own.
   */
  rejectionFor(error: unknown, tools: CallTools): unknown {
    return error instanceof HttpException ? this.translate(error, tools) : error;
  }

  /** The error to throw for an exception, as the clients of this transport understand it. */
  translate(exception: HttpException, _tools: CallTools): unknown {
    return exception;
  }

  /** Lets web pages read the challenge of an exception, if there is one: MCP clients in browsers need it. */
  exposeChallenge(_exception: HttpException, _tools: CallTools): void {}
}
