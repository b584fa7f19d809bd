import type { DescribedHandler } from '../../../audit/describe-access.js';
import { isObject } from '../../../values/is-object.js';
import type { CallParts } from '../entry-point.js';
import { dataFor } from './sent-data.js';

/** The arguments of a message handler. */
export function rpcArguments(
  { access, description: { name } }: DescribedHandler,
  parts: CallParts,
  isGrpc: boolean,
): readonly unknown[] {
  const data = dataFor(access, parts);
  const { context = isGrpc ? metadataOf(parts.given.headers) : contextOf(name) } = parts.given;
  return isGrpc ? [data, context, { metadata: context, sendMetadata() {} }] : [data, context];
}

/** Whether a method handles gRPC calls: `@GrpcMethod()` and similar decorators. */
export function isGrpcMethod(method: Function): boolean {
  const patterns = Reflect.getMetadata('microservices:pattern', method) as unknown[] | undefined;
  return (patterns ?? []).some((pattern) => isObject(pattern) && 'rpc' in pattern);
}

/** A stub of `Metadata` of `@grpc/grpc-js`, for reading only. */
function metadataOf(headers: Readonly<Record<string, string>> = {}): object {
  const entries = Object.entries(headers).map(([key, value]) => [key.toLowerCase(), value]);
  const values = new Map(entries as [string, string][]);
  return {
    get: (key: string) => [values.get(key.toLowerCase())].filter((value) => value !== undefined),
    getMap: () => Object.fromEntries(values),
  };
}

/** A stub of Nest's contexts, with the methods that all transports share. */
function contextOf(name: string): object {
  const args: readonly unknown[] = [name.slice('message '.length)];
  return { args, getArgs: () => args, getArgByIndex: (index: number) => args[index] };
}
