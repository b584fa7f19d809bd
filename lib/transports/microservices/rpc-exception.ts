import * as nest from '@nestjs/common';
import { HttpStatus, type ExecutionContext, type HttpException } from '@nestjs/common';
import { errorBodyOf, statusNameOf, withErrorCode, withoutStatusCode } from '../error-body.js';
import { isObject } from '../../values/is-object.js';
import type { OptionalPackages } from '../optional-packages.js';

/** The status codes of gRPC (grpc.io, "Status codes and their use in gRPC"). */
const GRPC_CODES: Record<number, number> = {
  [HttpStatus.BAD_REQUEST]: 3,
  [HttpStatus.UNAUTHORIZED]: 16,
  [HttpStatus.FORBIDDEN]: 7,
  [HttpStatus.NOT_FOUND]: 5,
  [HttpStatus.TOO_MANY_REQUESTS]: 8,
  [HttpStatus.INTERNAL_SERVER_ERROR]: 13,
  [HttpStatus.BAD_GATEWAY]: 13,
  [HttpStatus.SERVICE_UNAVAILABLE]: 14,
};
const GRPC_UNKNOWN = 2;

/**
 * A class that Nest has since version 11. Importing it by its name from an older version would fail as a missing export, which does not say
 * that the version is not supported.
 */
const IntrinsicException = fromSupportedNest(nest);

function fromSupportedNest({
  IntrinsicException: found,
}: Partial<typeof nest>): typeof nest.IntrinsicException {
  if (found !== undefined) return found;
  throw new Error(
    'nestjs-propelauth needs NestJS 11 or 12, and finds an older @nestjs/common. Update all @nestjs packages to 11 or 12.',
  );
}

/**
 * The error to throw for a rejected event, whether a rule or an error has rejected it. Nest logs no `IntrinsicException`. It logs any other
 * error of an event in full (Nest 12 an `RpcException` as well), however often senders cause it. The exception itself is not thrown, even
 * if it is an `IntrinsicException`: filters for HTTP requests, which a hybrid application may share, would handle it.
 */
export function eventExceptionFor(error: unknown): Error {
  const message = error instanceof Error ? error.message : 'The event was rejected';
  return new IntrinsicException(message, { cause: error });
}

/** The error to throw for a message of a microservice. */
export function rpcExceptionFor(
  exception: HttpException,
  context: ExecutionContext,
  { RpcException }: OptionalPackages,
): unknown {
  if (RpcException === undefined) return exception;
  const error = rpcErrorFor(exception, context.getArgs<unknown[]>());
  // Filters find the reason in the cause.
  return Object.assign(new RpcException(error), { cause: exception });
}

/**
 * The error that the client of a message gets; clients of gRPC with a status code. It has no `statusCode`: a route that sends a message may
 * throw the error that it gets, and Nest answers with the `statusCode` of any error that is thrown.
 *
 * @param args the arguments with which Nest calls the handler of the message
 */
export function rpcErrorFor(exception: HttpException, args: readonly unknown[]): object {
  const body = withErrorCode(withoutStatusCode(errorBodyOf(exception)));
  const grpcCall = args.find(isGrpcCall);
  if (grpcCall === undefined) return { code: statusNameOf(exception), ...body };
  const code = GRPC_CODES[exception.getStatus()] ?? GRPC_UNKNOWN;
  return { ...body, code, metadata: trailersFor(grpcCall, body.errorCode) };
}

/** The metadata after the response, in which clients of gRPC find the code: of the error, they get only the status and the message. */
function trailersFor({ metadata }: GrpcCall, errorCode: unknown): object | undefined {
  // Metadata takes no other characters.
  if (typeof errorCode !== 'string' || !/^[ -~]+$/.test(errorCode)) return undefined;
  const trailers = new metadata.constructor();
  trailers.set('error-code', errorCode);
  return trailers;
}

/** `ServerUnaryCall` of `@grpc/grpc-js` and its siblings for streams. */
interface GrpcCall {
  readonly metadata: {
    readonly constructor: new () => { set(name: string, value: string): void };
  };
}

function isGrpcCall(argument: unknown): argument is GrpcCall {
  return (
    isObject(argument) &&
    'sendMetadata' in argument &&
    typeof argument.sendMetadata === 'function' &&
    'metadata' in argument
  );
}
