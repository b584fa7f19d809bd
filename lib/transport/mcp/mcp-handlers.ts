import { isObject } from '../../values/is-object.js';

// The key under which Nest keeps what a message pattern has besides itself. @rekog/mcp-nest says there which part of MCP a method serves.
const PATTERN_EXTRAS_METADATA = 'microservices:pattern_extras';

/** Whether a method is a tool, resource or prompt of `@rekog/mcp-nest`: a message handler, whose calls come with the request of an MCP client. */
export function isMcpHandler(method: Function): boolean {
  const extras: unknown = Reflect.getMetadata(PATTERN_EXTRAS_METADATA, method);
  return isObject(extras) && 'mcpType' in extras;
}
