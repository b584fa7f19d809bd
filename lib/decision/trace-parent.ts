import type { CallTrace } from '../options/access-decision-event.interface.js';

/** A traceparent header of version 00 (W3C Trace Context, section 3.2): the ids have small letters, and are not all zeros. */
const TRACE_PARENT = /^00-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-[\da-f]{2}$/;

/** The trace that a traceparent header names; `undefined` for any other value. */
export function traceInHeader(header: unknown): CallTrace | undefined {
  if (typeof header !== 'string') return undefined;
  const [, traceId, spanId] = TRACE_PARENT.exec(header) ?? [];
  return traceId === undefined || spanId === undefined ? undefined : { traceId, spanId };
}
