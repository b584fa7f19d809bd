import { isObject, type McpHandler, type McpHandlerType } from '../../extend.js';

/** The methods that call a handler, and the parameter that names it. The URI of a template is never exact. */
const CALLS: ReadonlyMap<unknown, { readonly type: McpHandlerType; readonly parameter: string }> =
  new Map([
    ['tools/call', { type: 'tool', parameter: 'name' }],
    ['resources/read', { type: 'resource', parameter: 'uri' }],
    ['prompts/get', { type: 'prompt', parameter: 'name' }],
  ]);

/**
 * The handler that the parsed body of a request names. The body decides what is called, whatever headers like `Mcp-Name` say.
 *
 * @returns `undefined` for any other body, such as one of several messages (a batch), or one that has not been parsed
 */
export function readMcpCall(body: unknown): McpHandler | undefined {
  const call = CALLS.get(own(body, 'method'));
  const name = call && own(own(body, 'params'), call.parameter);
  return call !== undefined && typeof name === 'string' ? { type: call.type, name } : undefined;
}

function own(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}
