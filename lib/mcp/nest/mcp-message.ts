import { isObject } from '../../values/is-object.js';
import type { McpKind } from '../../rules/mcp-nest.js';

/**
 * The messages in one request of an MCP client. `unseen`: several messages at once (a batch), or a body that has not been parsed yet;
 * either may contain anything.
 */
export type McpMessage =
  | { readonly kind: 'call'; readonly of: readonly McpKind[]; readonly name: string }
  | { readonly kind: 'tools/list' }
  | { readonly kind: 'subscriptions/listen' }
  | { readonly kind: 'other' }
  | { readonly kind: 'unseen' };

const CALLS: Readonly<Record<string, { of: readonly McpKind[]; parameter: string }>> = {
  'tools/call': { of: ['tool'], parameter: 'name' },
  'resources/read': { of: ['resource', 'resource-template'], parameter: 'uri' },
  'prompts/get': { of: ['prompt'], parameter: 'name' },
};

/** Reads the message in the parsed body of a request. The body decides what is called, whatever headers like `Mcp-Name` say. */
export function readMcpMessage(body: unknown): McpMessage {
  if (!isObject(body) || Array.isArray(body) || ArrayBuffer.isView(body)) return { kind: 'unseen' };
  const method = ownText(body, 'method');
  if (method === 'tools/list' || method === 'subscriptions/listen') return { kind: method };
  if (method === undefined || !Object.hasOwn(CALLS, method)) return { kind: 'other' };
  const { of, parameter } = CALLS[method] as (typeof CALLS)[string];
  const name = ownText(own(body, 'params'), parameter);
  // The SDK rejects a call without a name.
  return name === undefined ? { kind: 'other' } : { kind: 'call', of, name };
}

function ownText(value: unknown, key: string): string | undefined {
  const text = own(value, key);
  return typeof text === 'string' ? text : undefined;
}

function own(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}
