import { isObject } from '../../values/is-object.js';
import { baseOfMcpEndpoint } from '../../rules/mcp-nest.js';
import { isPromise } from '../../values/is-promise.js';

// How @rekog/mcp-nest names the transports of its servers for Nest.
const TRANSPORT_PREFIX = '@rekog/mcp-nest:transport';

/** Results that depend on the caller, or that only callers with a token get. */
const RESULTS = [
  'tools/list',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'prompts/list',
] as const;

/** The options of a `StreamableHttpTransport` that decide whether it can be guarded. */
interface HttpTransport {
  readonly isStateful: boolean;
  /** Whether it always serves a route of its own. */
  readonly isMounted: boolean;
}

/**
 * The HTTP transports of a provider that is an `McpStrategy`, or the provider itself if it is such a transport. Only own properties are
 * read: a provider may be anything.
 */
export function httpTransportsIn(provider: unknown): HttpTransport[] {
  const transports: unknown = optionsOfStrategy(provider)?.['transports'];
  return [provider, ...(Array.isArray(transports) ? (transports as unknown[]) : [])].flatMap(
    (one) => {
      if (valueOf(one, 'kind') !== 'streamable-http') return [];
      const [isStateful, mount] = [valueOf(one, 'statefulMode'), valueOf(one, 'mountOption')];
      return [{ isStateful: isStateful === true, isMounted: mount === true }];
    },
  );
}

/** The results that an `McpStrategy` lets clients share; none for another provider. */
export function publicResultsIn(provider: unknown): string[] {
  return publicResultsOf(optionsOfStrategy(provider)?.['cacheHints']);
}

/** Like {@link publicResultsIn}, for a server of the SDK, which keeps the option in a property of its own. */
export function publicResultsOfServer(server: unknown): string[] {
  return publicResultsOf(valueOf(server, '_cacheHints'));
}

function publicResultsOf(cacheHints: unknown): string[] {
  return RESULTS.filter(
    (result) => valueOf(valueOf(cacheHints, result), 'cacheScope') === 'public',
  );
}

/**
 * Whether a controller passes requests to a transport with sessions. Its own GET route shows this: without sessions it returns 405, and
 * with sessions 404 for a request that names none. `undefined` for any other response.
 */
export function isStatefulEndpoint(type: Function): boolean | undefined {
  const base = baseOfMcpEndpoint(type);
  // The GET route of another base class calls a handler that the application may have written.
  if (base?.name !== 'BoundMcpHttpController') return undefined;
  const { get } = base.prototype as { get?: (request: object, response: object) => unknown };
  let status: unknown;
  const response = {
    headersSent: false,
    setHeader: () => response,
    send: () => response,
    json: () => response,
    status(code: unknown) {
      status = code;
      return response;
    },
  };
  try {
    const answer = get?.({ method: 'GET', url: '/', headers: {}, get: () => undefined }, response);
    if (isPromise(answer)) Promise.resolve(answer).catch(() => {});
  } catch {
    return undefined;
  }
  return status === 404 ? true : status === 405 ? false : undefined;
}

function optionsOfStrategy(provider: unknown): Record<string, unknown> | undefined {
  const id = valueOf(provider, 'transportId');
  if (typeof id !== 'symbol' || Symbol.keyFor(id)?.startsWith(TRANSPORT_PREFIX) !== true) {
    return undefined;
  }
  const options = valueOf(provider, 'options');
  return isObject(options) ? (options as Record<string, unknown>) : undefined;
}

function valueOf(object: unknown, key: string): unknown {
  try {
    return isObject(object) ? Object.getOwnPropertyDescriptor(object, key)?.value : undefined;
  } catch {
    // A Proxy may throw.
    return undefined;
  }
}
