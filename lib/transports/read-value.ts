import { isValueSource, type ValueSource } from '../options/value-source.js';
import { Rejection } from '../rejections/rejection.js';
import type { Call, CallPart } from './call.js';
import { readCookie } from './cookies.js';

type Reader = (call: Call, name: string) => string | undefined;

/** The parts in which a call names what it is about. No transport has two of them. */
const INPUT_PARTS: readonly CallPart[] = ['path', 'argument', 'message'];

const READERS: Readonly<Record<ValueSource['from'], Reader>> = {
  input: (call, name) =>
    INPUT_PARTS.map((part) => textIn(call.part(part), name)).find((text) => text !== undefined),
  path: (call, name) => textIn(call.part('path'), name),
  query: (call, name) => textIn(call.part('query'), name),
  header: ({ request }, name) => textIn(request?.headers, name.toLowerCase()),
  cookie: ({ request }, name) => request && cookieOf(request, name),
  // The application's own object may have inherited the property, as a document of a database does.
  parent: (call, name) => textOf((Object(call.part('parent')) as Record<string, unknown>)[name]),
};

/**
 * The text in one place of a call; `undefined` if it is not there, and where this transport has no such place.
 *
 * @throws {TypeError} for anything else than a source, such as one that a circular import has left undefined
 */
export function readValue(call: Call, source: ValueSource): string | undefined {
  if (!isValueSource(source)) {
    throw new TypeError("read() needs a source. Pass one such as fromInput('documentId').");
  }
  return READERS[source.from](call, source.name);
}

/** The value of a property, and not of one that every object inherits. */
function textIn(part: unknown, name: string): string | undefined {
  if (typeof part !== 'object' || part === null || !Object.hasOwn(part, name)) return undefined;
  return textOf((part as Record<string, unknown>)[name]);
}

/** An argument of GraphQL and a column of a database may be a number. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'bigint' || Number.isSafeInteger(value) ? String(value) : undefined;
}

/** Nobody knows which of two different values counts. */
function cookieOf(request: Parameters<typeof readCookie>[0], name: string): string | undefined {
  try {
    return readCookie(request, name);
  } catch (error) {
    if (error instanceof Rejection) return undefined;
    throw error;
  }
}
