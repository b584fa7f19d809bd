import {
  messagePatternsOf,
  patternInWords,
} from '../../transports/microservices/message-patterns.js';
import { mcpHandlerInWords, mcpHandlerOf } from '../../transports/mcp/mcp-nest.js';
import type { HandlerType } from '../../transports/handler-types.js';
import type { ApplicationHandler } from './application-handlers.js';

const TYPES: Record<HandlerType, string> = {
  operation: 'GraphQL operation',
  field: 'GraphQL field',
  reference: 'GraphQL reference',
  gateway: 'WebSocket message',
  message: 'message',
  mcp: 'MCP',
};

// The keys under which Nest's packages keep what a resolver resolves, and which events a gateway handles.
const RESOLVER_TYPE_METADATA = 'graphql:resolver_type';
const RESOLVER_NAME_METADATA = 'graphql:resolver_name';
const GATEWAY_EVENT_METADATA = 'message';

/** The place of a resolver in the schema: its type, and the field with its type, such as `User.posts`. */
export function schemaFieldOf({ controller, name, handler, type }: ApplicationHandler) {
  const typeName = (Reflect.getMetadata(RESOLVER_TYPE_METADATA, handler) ??
    Reflect.getMetadata(RESOLVER_TYPE_METADATA, controller)) as string;
  const named = Reflect.getMetadata(RESOLVER_NAME_METADATA, handler) as string | undefined;
  // Apollo's name for every reference resolver.
  const fieldName = type === 'reference' ? '__resolveReference' : (named ?? name);
  return { typeName, field: `${typeName}.${fieldName}` };
}

/** The names by which clients call a handler: `GET /reports`, `Query.reports`, `event list`, `message sum`; one for each path and pattern. */
export function handlerNamesOf(handler: ApplicationHandler): string[] {
  const { handler: method, type, paths } = handler;
  switch (type) {
    case 'http':
      return paths.map((path) => `${handler.method} ${path}`);
    case 'gateway':
      return [`event ${patternInWords(Reflect.getMetadata(GATEWAY_EVENT_METADATA, method))}`];
    case 'message':
      return messagePatternsOf(method).map((pattern) => `message ${pattern}`);
    case 'mcp':
      return [mcpHandlerOf(method) ?? []].flat().map(mcpHandlerInWords);
    default:
      return [schemaFieldOf(handler).field];
  }
}

/** A handler as findings name it: `ReportsController.list (GET /reports)`, `ReportsResolver.reports (GraphQL operation)`. */
export function handlerInWords({
  controller,
  name,
  type,
  method,
  paths,
}: ApplicationHandler): string {
  const call = type === 'http' ? `${method} ${paths.join(', ')}` : TYPES[type];
  return `${controller.name}.${name} (${call})`;
}
