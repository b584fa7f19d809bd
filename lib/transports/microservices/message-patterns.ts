import { isObject } from '../../values/is-object.js';

// The keys under which Nest keeps which messages a method handles, and whether they are events.
const PATTERNS_METADATA = 'microservices:pattern';
const HANDLER_TYPE_METADATA = 'microservices:handler_type';

/** `PatternHandler.EVENT` of Nest. */
const EVENT = 2;

/** `GrpcMethodStreamingType.PT_STREAMING` of Nest. */
const PASS_THROUGH = 'pt_stream';

/** Whether a method handles events, whose senders get no response: `@EventPattern()`. */
export function handlesEvents(method: Function): boolean {
  return Reflect.getMetadata(HANDLER_TYPE_METADATA, method) === EVENT;
}

/** Whether a method takes the calls of gRPC as they are: `@GrpcStreamCall()`. */
export function handlesStreamCalls(method: Function): boolean {
  return patternsOf(method).some(
    (pattern) => isObject(pattern) && 'streaming' in pattern && pattern.streaming === PASS_THROUGH,
  );
}

/** The messages or events that a method handles, in words; none for another method. */
export function messagePatternsOf(method: Function): string[] {
  return patternsOf(method).map(patternInWords);
}

function patternsOf(method: Function): unknown[] {
  return (Reflect.getMetadata(PATTERNS_METADATA, method) as unknown[] | undefined) ?? [];
}

/** A method of gRPC as gRPC writes it; another object as JSON. */
export function patternInWords(pattern: unknown): string {
  if (typeof pattern !== 'object' || pattern === null) return String(pattern);
  const { service, rpc } = pattern as { service?: unknown; rpc?: unknown };
  return typeof service === 'string' && typeof rpc === 'string'
    ? `${service}/${rpc}`
    : JSON.stringify(pattern);
}
