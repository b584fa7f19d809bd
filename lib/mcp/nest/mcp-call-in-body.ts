import { isObject, type McpHandler, type McpKind } from '../../extend.js';

/** The methods that call a handler, and the parameter that names it. The URI of a template is never exact. */
const CALLS: ReadonlyMap<unknown, { readonly kind: McpKind; readonly parameter: string }> = new Map(
  [
    ['tools/call', { kind: 'tool', parameter: 'name' }],
    ['resources/read', { kind: 'resource', parameter: 'uri' }],
    ['prompts/get', { kind: 'prompt', parameter: 'name' }],
  ],
);

/**
 * The handler that the parsed body of a request names. The body decides what is called, whatever headers like `Mcp-Name` say.
 *
 * @returns `undefined` for any other body, such as one of several messages (a batch), or one that has not been parsed
 */
export function readMcpCall(body: unknown): McpHandler | undefined {
  const call = CALLS.get(own(body, 'method'));
  const name = call && own(own(body, 'params'), call.parameter);
  return call !== undefined && typeof name === 'string' ? { kind: call.kind, name } : undefined;
}

function own(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}
