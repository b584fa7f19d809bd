import { isObject } from '../../values/is-object.js';
import { templateNamesOf } from './resource-uris.js';

// The keys under which Nest and @rekog/mcp-nest keep what makes a method a tool, a resource or a prompt. Written here, so that neither
// need be installed.
const PATTERN_EXTRAS_METADATA = 'microservices:pattern_extras';
const TRANSPORT_METADATA = 'microservices:transport';
const PART_METADATA: Record<McpKind, string> = {
  tool: 'mcp:tool',
  resource: 'mcp:resource',
  'resource-template': 'mcp:resource-template',
  prompt: 'mcp:prompt',
};

/** What MCP clients may call. */
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

/** Whether a method is a tool, resource or prompt of `@rekog/mcp-nest`: a message handler, whose calls come with the request of an MCP client. */
export function isMcpHandler(method: Function): boolean {
  return mcpHandlerOf(method) !== undefined;
}

/** The tool, resource or prompt that a method is; `undefined` for other methods. */
export function mcpHandlerOf(method: Function): McpHandler | undefined {
  const extras: unknown = Reflect.getMetadata(PATTERN_EXTRAS_METADATA, method);
  if (!isObject(extras) || !('mcpType' in extras)) return undefined;
  const { mcpType, mcpMethodKey, mcpMethodRef } = extras as Record<string, unknown>;
  const kind = mcpType as McpKind;
  const key = Object.hasOwn(PART_METADATA, kind) ? PART_METADATA[kind] : undefined;
  if (key === undefined || typeof mcpMethodRef !== 'function') return undefined;
  return {
    kind,
    name: nameOf(kind, Reflect.getMetadata(key, mcpMethodRef), mcpMethodKey),
    method: mcpMethodRef,
    server: Reflect.getMetadata(TRANSPORT_METADATA, method),
  };
}

/** The names of the arguments of a tool or prompt, and of the values in a template of URIs. */
export function mcpArgumentNamesOf(handler: Function): string[] {
  const part = mcpHandlerOf(handler);
  if (part === undefined) return [];
  if (part.kind === 'resource-template') return templateNamesOf(part.name);
  const options: unknown = Reflect.getMetadata(PART_METADATA[part.kind], part.method);
  const { parameters } = (isObject(options) ? options : {}) as { parameters?: unknown };
  // An object schema of zod has its properties there.
  const { shape } = (isObject(parameters) ? parameters : {}) as { shape?: unknown };
  return isObject(shape) ? Object.keys(shape) : [];
}

/** A part in words: `tool list_reports`, `resource docs://readme`. */
export function mcpHandlerInWords({ kind, name }: Pick<McpHandler, 'kind' | 'name'>): string {
  return `${kind.replace('-', ' ')} ${name}`;
}

/** Where the decorator gives no name, it is that of the method. */
function nameOf(kind: McpKind, options: unknown, methodKey: unknown): string {
  const { name, uri, uriTemplate } = (isObject(options) ? options : {}) as Record<string, unknown>;
  const named = { tool: name, prompt: name, resource: uri, 'resource-template': uriTemplate }[kind];
  return String(named ?? methodKey);
}
