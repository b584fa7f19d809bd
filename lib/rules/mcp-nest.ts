import { isObject } from '../values/is-object.js';

/** The classes of `@rekog/mcp-nest` whose routes hand requests to its transport. */
const CONTROLLERS: readonly string[] = ['BoundMcpHttpController', 'StreamableHttpController'];

const known = new WeakMap<Function, boolean>();

/** Whether a class is a controller of `@rekog/mcp-nest`: it extends `McpHttpControllerFor(transport)` or `StreamableHttpController`. */
export function isMcpEndpoint(type: Function): boolean {
  const answer = known.get(type) ?? baseOfMcpEndpoint(type) !== undefined;
  known.set(type, answer);
  return answer;
}

/** Whether a handler of an endpoint controller is not the one that receives messages. */
export function isOtherRouteOfEndpoint(type: Function, handler: Function): boolean {
  return isMcpEndpoint(type) && (type.prototype as { readonly post?: unknown }).post !== handler;
}

/** The class of `@rekog/mcp-nest` that a controller extends. */
export function baseOfMcpEndpoint({ prototype }: Function): Function | undefined {
  for (
    let current = prototype as object | null | undefined;
    current !== null && current !== undefined;
    current = Object.getPrototypeOf(current) as object | null
  ) {
    const { constructor } = current;
    if (typeof constructor === 'function' && CONTROLLERS.includes(constructor.name)) {
      return constructor;
    }
  }
  return undefined;
}

// The keys under which Nest and @rekog/mcp-nest keep what makes a method a tool, a resource or a prompt. Written here, so that neither
// need be installed.
const PATTERN_EXTRAS_METADATA = 'microservices:pattern_extras';
const TRANSPORT_METADATA = 'microservices:transport';
export const MCP_HANDLER_METADATA: Record<McpKind, string> = {
  tool: 'mcp:tool',
  resource: 'mcp:resource',
  'resource-template': 'mcp:resource-template',
  prompt: 'mcp:prompt',
};

/** The kinds of handlers that MCP clients may call. */
export type McpKind = 'tool' | 'resource' | 'resource-template' | 'prompt';

/** A tool, resource or prompt, as `@rekog/mcp-nest` finds it. */
export interface McpHandler {
  readonly kind: McpKind;
  /** The name of a tool or prompt, the URI of a resource or the template of URIs. */
  readonly name: string;
  /** The function that holds its metadata. */
  readonly method: Function;
  /** The server that it belongs to: the transport of its messages. */
  readonly server: unknown;
}

/** Whether a method is a tool, resource or prompt of `@rekog/mcp-nest`. Its calls come with the requests of MCP clients. */
export function isMcpHandler(method: Function): boolean {
  return mcpHandlerOf(method) !== undefined;
}

/** The tool, resource or prompt that a method is; `undefined` for other methods. */
export function mcpHandlerOf(method: Function): McpHandler | undefined {
  const extras: unknown = Reflect.getMetadata(PATTERN_EXTRAS_METADATA, method);
  if (!isObject(extras) || !('mcpType' in extras)) return undefined;
  const { mcpType, mcpMethodKey, mcpMethodRef } = extras as Record<string, unknown>;
  const kind = mcpType as McpKind;
  const key = Object.hasOwn(MCP_HANDLER_METADATA, kind) ? MCP_HANDLER_METADATA[kind] : undefined;
  if (key === undefined || typeof mcpMethodRef !== 'function') return undefined;
  return {
    kind,
    name: nameOf(kind, Reflect.getMetadata(key, mcpMethodRef), mcpMethodKey),
    method: mcpMethodRef,
    server: Reflect.getMetadata(TRANSPORT_METADATA, method),
  };
}

/** An MCP handler in words: `tool list_reports`, `resource docs://readme`. */
export function mcpHandlerInWords({ kind, name }: Pick<McpHandler, 'kind' | 'name'>): string {
  return `${kind.replace('-', ' ')} ${name}`;
}

/** If the decorator gives no name, the name of the method is used. */
function nameOf(kind: McpKind, options: unknown, methodKey: unknown): string {
  const { name, uri, uriTemplate } = (isObject(options) ? options : {}) as Record<string, unknown>;
  const named = { tool: name, prompt: name, resource: uri, 'resource-template': uriTemplate }[kind];
  return String(named ?? methodKey);
}
