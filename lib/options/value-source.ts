import { isHttpToken } from '../values/http-token.js';
import { assertSourceName } from './source-name.js';

/**
 * Where one text of a call is, such as the id of a row: what `fromInput()`, `fromParam()` and their siblings return. `read()` of a call reads
 * it. A number (an integer) counts as its digits; a list, an object and an empty text do not count.
 *
 * @publicApi
 */
export interface ValueSource {
  /** The part of the call. */
  readonly from: 'input' | 'path' | 'query' | 'header' | 'cookie' | 'parent';
  /** The name of the value there. */
  readonly name: string;
}

/**
 * Reads what names the object of a call, whatever the transport: a path parameter, an argument of GraphQL or of an MCP tool, or a property
 * of a message.
 *
 * @param name the name of the parameter, argument or property
 * @returns the source
 * @throws {TypeError} if the name is empty or not a string
 * @example
 * ```ts
 * const documentId = fromInput('documentId'); // GET /documents/:documentId, and query { document(documentId: "7") }
 * ```
 *
 * @publicApi
 */
export function fromInput(name: string): ValueSource {
  return sourceOf('fromInput', 'input', name, arguments);
}

/**
 * Reads a path parameter of an HTTP request.
 *
 * @param name the name of the parameter
 * @returns the source
 * @throws {TypeError} if the name is empty or not a string
 * @example
 * ```ts
 * const documentId = fromParam('documentId'); // GET /documents/:documentId
 * ```
 *
 * @publicApi
 */
export function fromParam(name: string): ValueSource {
  return sourceOf('fromParam', 'path', name, arguments);
}

/**
 * Reads a query parameter of an HTTP request. One that is there several times does not count.
 *
 * @param name the name of the parameter
 * @returns the source
 * @throws {TypeError} if the name is empty or not a string
 * @example
 * ```ts
 * const base = fromQuery('base'); // GET /rows?base=7
 * ```
 *
 * @publicApi
 */
export function fromQuery(name: string): ValueSource {
  return sourceOf('fromQuery', 'query', name, arguments);
}

/**
 * Reads a header of the request, or of the one that opened the connection.
 *
 * @param name the name of the header, in any case
 * @returns the source
 * @throws {TypeError} if it is not the name of a header
 * @example
 * ```ts
 * const base = fromHeader('x-base-id');
 * ```
 *
 * @publicApi
 */
export function fromHeader(name: string): ValueSource {
  return ofRequest('fromHeader', 'header', name, arguments);
}

/**
 * Reads a cookie of the request, or of the one that opened the connection. Two cookies of the name with different values do not count.
 *
 * @param name the name of the cookie
 * @returns the source
 * @throws {TypeError} if it is not the name of a cookie
 * @example
 * ```ts
 * const proof = fromCookie('__Host-share');
 * ```
 *
 * @publicApi
 */
export function fromCookie(name: string): ValueSource {
  return ofRequest('fromCookie', 'cookie', name, arguments);
}

/**
 * Reads a property of the object that a GraphQL field belongs to.
 *
 * @param name the name of the property
 * @returns the source
 * @throws {TypeError} if the name is empty or not a string
 * @example
 * ```ts
 * const base = fromParent('baseId'); // of the row in { rows { cells } }
 * ```
 *
 * @publicApi
 */
export function fromParent(name: string): ValueSource {
  return sourceOf('fromParent', 'parent', name, arguments);
}

const PLACES: readonly unknown[] = [
  'input',
  'path',
  'query',
  'header',
  'cookie',
  'parent',
] satisfies ValueSource['from'][];

/** Whether a value is a source, for applications without a compiler that checks it. */
export function isValueSource(value: unknown): value is ValueSource {
  const { from, name } = Object(value) as Partial<ValueSource>;
  return PLACES.includes(from) && typeof name === 'string';
}

function sourceOf(
  source: string,
  from: ValueSource['from'],
  name: string,
  given: ArrayLike<unknown>,
): ValueSource {
  assertSourceName(source, name, given);
  return Object.freeze({ from, name });
}

/** @throws {TypeError} for a name that no header or cookie has (RFC 9110, section 5.1; RFC 6265, section 4.1.1) */
function ofRequest(
  source: string,
  from: 'header' | 'cookie',
  name: string,
  given: ArrayLike<unknown>,
): ValueSource {
  assertSourceName(source, name, given);
  if (!isHttpToken(name)) {
    throw new TypeError(
      `${source}() needs the name of a ${from}: letters, digits and !#$%&'*+-.^_\`|~.`,
    );
  }
  return Object.freeze({ from, name });
}
