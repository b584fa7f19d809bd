import { HttpException, type ExecutionContext } from '@nestjs/common';
import type { AccessedRoute } from '../../options/access-decision-event.interface.js';
import {
  CHALLENGE_HEADER,
  hasChallenge,
  responseHeadersFor,
} from '../../rejections/exception-for.js';
import { Rejection } from '../../rejections/rejection.js';
import type { AnnotationTarget, Call, CallPart } from '../call.js';
import type { CallTools } from '../call-tools.js';
import type { StreamAccess } from '../open-streams.js';
import { addressOfRequest, idOfRequest, type RequestHeaders } from '../request-headers.js';
import { endResponseWithAccess } from './event-streams.js';

/** The request of Node.js, or that of Fastify around it, with the properties that HTTP adapters add. */
interface HttpRequest extends RequestHeaders, AnnotationTarget {
  readonly params?: unknown;
  readonly query?: unknown;
  readonly body?: unknown;
  /** Express. */
  readonly route?: { readonly path?: unknown };
  /** Fastify. */
  readonly routeOptions?: { readonly url?: unknown };
}

const PARTS: Partial<Record<CallPart, 'params' | 'query' | 'body'>> = {
  path: 'params',
  query: 'query',
  body: 'body',
};

const EXPOSE_HEADER = 'Access-Control-Expose-Headers';

export function httpCallOf(context: ExecutionContext): Call | undefined {
  if (context.getType() !== 'http') return undefined;
  const request = context.getArgByIndex<unknown>(0);
  // Calls of libraries may have the same type, because it is Nest's default. The headers are not read here, because Node.js creates them
  // when they are first read.
  if (typeof request !== 'object' || request === null || !('headers' in request)) return undefined;
  return new HttpCall(context, request as HttpRequest);
}

/** A request to an HTTP route. The token is in its Authorization header. It inherits no default, so that this file shows all of it. */
class HttpCall implements Call {
  readonly transport = 'http';
  readonly words = 'HTTP';
  readonly takesTokenSource = true;
  readonly batch = undefined;
  readonly decidedOperation = undefined;
  readonly sharedConnection = undefined;
  readonly mayStayOpen = false;
  readonly eventNames = undefined;

  constructor(
    readonly context: ExecutionContext,
    readonly request: HttpRequest,
  ) {}

  readToken(): string | undefined {
    return readBearerToken(readAuthorizationHeader(this.request));
  }

  get httpRequest(): RequestHeaders {
    return this.request;
  }

  get address(): string | undefined {
    return addressOfRequest(this.request);
  }

  get requestId(): string | undefined {
    return idOfRequest(this.request);
  }

  describeRejection(): undefined {}

  part(name: CallPart): unknown {
    const property = PARTS[name];
    return property && this.request[property];
  }

  get tokenLifetime(): object {
    return this.request;
  }

  get operationLifetime(): object {
    return this.request;
  }

  get identificationLifetime(): object {
    return this.request;
  }

  get sharingLifetime(): object {
    return this.request;
  }

  get objects(): readonly object[] {
    return [this.request];
  }

  get decisionKeys(): readonly [readonly [object]] {
    return [[this.request]];
  }

  assertDecidable(): void {}

  noteAllowed(): void {}

  get annotationTarget(): AnnotationTarget {
    return this.request;
  }

  get route(): Pick<AccessedRoute, 'method' | 'path'> {
    const { method, route, routeOptions } = this.request;
    const path = route?.path ?? routeOptions?.url;
    return { ...(method !== undefined && { method }), ...(typeof path === 'string' && { path }) };
  }

  endWithAccess(access: StreamAccess, { streams }: CallTools, isCertain: boolean): void {
    const http = this.context.switchToHttp();
    endResponseWithAccess(streams, http.getRequest(), http.getResponse(), access, isCertain);
  }

  rejectionFor(error: unknown, tools: CallTools): unknown {
    return error instanceof HttpException ? this.translate(error, tools) : error;
  }

  translate(exception: HttpException, { httpAdapter }: CallTools): unknown {
    // The headers are set on the response, because an exception has none of its own.
    const response = this.context.switchToHttp().getResponse<unknown>();
    for (const [name, value] of Object.entries(responseHeadersFor(exception))) {
      httpAdapter.setHeader(response, name, value);
    }
    return exception;
  }

  exposeChallenge(exception: HttpException, { httpAdapter }: CallTools): void {
    if (!hasChallenge(exception)) return;
    const response = this.context.switchToHttp().getResponse<unknown>();
    const present: unknown = httpAdapter.getHeader(response, EXPOSE_HEADER);
    // A header that was set several times is a list.
    const names = [present ?? []].flat().map(String).flatMap(namesIn);
    if (names.some((name) => name.toLowerCase() === CHALLENGE_HEADER.toLowerCase())) return;
    // Besides those that the application's CORS lets web pages read.
    httpAdapter.setHeader(response, EXPOSE_HEADER, [...names, CHALLENGE_HEADER].join(', '));
  }
}

/**
 * The Authorization header of a request, if there is exactly one.
 *
 * Node.js keeps the first of several Authorization headers and drops the rest, so another reader of the same request (a proxy, a log) could
 * see another caller. Only the raw headers show all of them.
 *
 * @throws {Rejection} `token_malformed` when there is more than one
 */
export function readAuthorizationHeader(request: RequestHeaders): unknown {
  const rawHeaders = request.rawHeaders ?? request.raw?.rawHeaders;
  if (rawHeaders !== undefined && countAuthorizationHeaders(rawHeaders) > 1) {
    throw new Rejection('token_malformed');
  }
  return request.headers.authorization;
}

/**
 * The token of an Authorization header, or of its equivalent: exactly `Bearer <token>`, any case of `Bearer` (RFC 6750, section 2.1; RFC
 * 9110, section 11.1). The text after the single space is not checked here.
 *
 * @returns `undefined` without a header and under another scheme
 * @throws {Rejection} `token_malformed` when it is not a string, or `Bearer` alone
 */
export function readBearerToken(header: unknown): string | undefined {
  if (header === undefined) return undefined;
  if (typeof header !== 'string') throw new Rejection('token_malformed');
  // The usual spelling first.
  if (header.slice(0, 7) === 'Bearer ') return header.slice(7);
  if (header.slice(0, 6).toLowerCase() !== 'bearer') return undefined;
  if (header.length === 6) throw new Rejection('token_malformed');
  // Else the name of another scheme that begins with the same letters.
  return header[6] === ' ' ? header.slice(7) : undefined;
}

function countAuthorizationHeaders(rawHeaders: readonly string[]): number {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    if (name.length === 13 && name.toLowerCase() === 'authorization') count++;
  }
  return count;
}

function namesIn(value: string): string[] {
  return value
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
}
