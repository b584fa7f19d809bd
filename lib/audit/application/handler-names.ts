import {
  messagePatternsOf,
  patternInWords,
} from '../../transports/microservices/message-patterns.js';
import { mcpHandlerInWords, mcpHandlerOf } from '../../rules/mcp-nest.js';
import type { HandlerKind } from '../../rules/handler-kinds.js';
import type { ApplicationHandler, HandlerMethod } from './application-handler.js';
import type { ApplicationRoute } from './application-routes.js';

const KINDS: Record<HandlerKind, string> = {
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
export function schemaFieldOf({ controller, name, handler, kind }: HandlerMethod) {
  const typeName = (Reflect.getMetadata(RESOLVER_TYPE_METADATA, handler) ??
    Reflect.getMetadata(RESOLVER_TYPE_METADATA, controller)) as string;
  const named = Reflect.getMetadata(RESOLVER_NAME_METADATA, handler) as string | undefined;
  // Apollo's name for every reference resolver.
  const fieldName = kind === 'reference' ? '__resolveReference' : (named ?? name);
  return { typeName, field: `${typeName}.${fieldName}` };
}

/** The names by which clients call a handler without HTTP: `Query.reports`, `event list`, `message sum`. A message handler has one for each pattern. */
export function handlerNamesOf(handler: HandlerMethod): string[] {
  const { handler: method, kind } = handler;
  switch (kind) {
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
export function handlerInWords(handler: ApplicationRoute | ApplicationHandler): string {
  return handler.kind === 'http'
    ? routeInWords(handler)
    : `${handler.controller.name}.${handler.name} (${KINDS[handler.kind]})`;
}

/** A route as findings name it. */
export function routeInWords({ controller, name, method, paths }: ApplicationRoute): string {
  return `${controller.name}.${name} (${method} ${paths.join(', ')})`;
}
