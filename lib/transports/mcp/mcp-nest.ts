import { isObject } from '../../values/is-object.js';

/** The classes of `@rekog/mcp-nest` whose routes hand requests to its transport. */
const CONTROLLERS: readonly unknown[] = ['BoundMcpHttpController', 'StreamableHttpController'];

const known = new WeakMap<Function, boolean>();

/** Whether a class is a controller of `@rekog/mcp-nest`: it extends `McpHttpControllerFor(transport)` or `StreamableHttpController`. */
export function isMcpEndpoint(type: Function): boolean {
  const answer = known.get(type) ?? extendsController(type.prototype as object | null | undefined);
  known.set(type, answer);
  return answer;
}

function extendsController(prototype: object | null | undefined): boolean {
  if (prototype === null || prototype === undefined) return false;
  const { constructor } = prototype;
  return (
    (typeof constructor === 'function' && CONTROLLERS.includes(constructor.name)) ||
    extendsController(Object.getPrototypeOf(prototype) as object | null)
  );
}

// The key under which Nest keeps what @rekog/mcp-nest says of a method. Written here, so that neither need be installed.
const PATTERN_EXTRAS_METADATA = 'microservices:pattern_extras';

/** The types of handlers that MCP clients may call. */
export type McpHandlerType = (typeof TYPES)[number];

const TYPES = ['tool', 'resource', 'resource-template', 'prompt'] as const;

/** A tool, resource or prompt, as `@rekog/mcp-nest` finds it. */
export interface McpHandler {
  readonly type: McpHandlerType;
  /** The name of a tool or prompt, the URI of a resource or the template of URIs. */
  readonly name: string;
}

/** Whether a method is a tool, resource or prompt of `@rekog/mcp-nest`. Its calls come with the requests of MCP clients. */
export function isMcpHandler(method: Function): boolean {
  return mcpHandlerOf(method) !== undefined;
}

/** The tool, resource or prompt that a method is; `undefined` for other methods. */
export function mcpHandlerOf(method: Function): McpHandler | undefined {
  const extras: unknown = Reflect.getMetadata(PATTERN_EXTRAS_METADATA, method);
  if (!isObject(extras)) return undefined;
  const { mcpType, mcpName, mcpMethodKey } = extras as Record<string, unknown>;
  const type = TYPES.find((one) => one === mcpType);
  // The name of the method replaces an empty one.
  return type && { type, name: String(mcpName || mcpMethodKey) };
}

/** What the decorator of `@rekog/mcp-nest` says of a tool, resource or prompt; `undefined` if the method has no such decorator. */
export function mcpOptionsOf(method: Function): unknown {
  return TYPES.map((type): unknown => Reflect.getMetadata(`mcp:${type}`, method)).find(
    (options) => options !== undefined,
  );
}

/** An MCP handler in words: `tool list_reports`, `resource docs://readme`. */
export function mcpHandlerInWords({ type, name }: McpHandler): string {
  return `${type.replace('-', ' ')} ${name}`;
}
