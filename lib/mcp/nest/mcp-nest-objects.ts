import { isObject } from '../../values/is-object.js';
import { baseOfMcpEndpoint } from '../../rules/mcp-nest.js';

// How @rekog/mcp-nest names the transports of its servers for Nest.
const TRANSPORT_PREFIX = '@rekog/mcp-nest:transport';

/** Results that depend on who asks, or that only callers with a token get. */
const RESULTS = [
  'tools/list',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'prompts/list',
] as const;

/** Of a `StreamableHttpTransport`, what decides whether it can be guarded. */
interface HttpTransport {
  readonly isStateful: boolean;
  /** Whether it serves a route of its own in any case. */
  readonly isMounted: boolean;
}

/** The transports of a provider that is an `McpStrategy`, or is one itself. Only own properties are read: a provider may be anything. */
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

/** The results that a provider which is an `McpStrategy` lets clients share. */
export function publicResultsIn(provider: unknown): string[] {
  return publicResultsOf(optionsOfStrategy(provider)?.['cacheHints']);
}

/** The same of a server of the SDK, which keeps the option for itself. */
export function publicResultsOfServer(server: unknown): string[] {
  return publicResultsOf(valueOf(server, '_cacheHints'));
}

function publicResultsOf(cacheHints: unknown): string[] {
  return RESULTS.filter(
    (result) => valueOf(valueOf(cacheHints, result), 'cacheScope') === 'public',
  );
}

/**
 * Whether a controller hands requests to a transport with sessions: asked of its own route for GET, which without sessions is 405 and with
 * them 404 for none. `undefined` where it says neither.
 */
export function isStatefulEndpoint(type: Function): boolean | undefined {
  const base = baseOfMcpEndpoint(type);
  // Another one calls a handler that the application may have written.
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
    if (answer instanceof Promise) answer.catch(() => {});
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
    // Of a proxy.
    return undefined;
  }
}
