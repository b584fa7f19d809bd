import { isMcpHandler } from './mcp/mcp-nest.js';

// The keys under which Nest's packages keep what makes a method a handler. Written here, so that none of them need be installed.
const FIELD_RESOLVER_METADATA = 'graphql:resolve_property';
const REFERENCE_RESOLVER_METADATA = 'graphql:resolve_reference';
const RESOLVER_TYPE_METADATA = 'graphql:resolver_type';
const WEBSOCKET_HANDLER_METADATA = 'websockets:message_mapping';
const MESSAGE_HANDLER_METADATA = 'microservices:pattern';

/** The ways that a method may be called, besides HTTP. */
export type HandlerType = 'operation' | 'field' | 'reference' | 'gateway' | 'message' | 'mcp';

const METADATA: Record<Exclude<HandlerType, 'mcp'>, string> = {
  operation: RESOLVER_TYPE_METADATA,
  field: FIELD_RESOLVER_METADATA,
  reference: REFERENCE_RESOLVER_METADATA,
  gateway: WEBSOCKET_HANDLER_METADATA,
  message: MESSAGE_HANDLER_METADATA,
};

const TYPES = Object.keys(METADATA) as (keyof typeof METADATA)[];

/** The types whose fields are operations: no guard has decided about anything above them. */
const ROOT_TYPES: readonly unknown[] = ['Query', 'Mutation', 'Subscription'];

/** The ways that a method of a class may be called, besides HTTP; none for one that is called by HTTP alone, or by no client. */
export function handlerTypesOf(method: Function, owner: Function): HandlerType[] {
  // Called often, for all methods of the application: reading all keys at once is faster than one look-up for each type.
  const keys: readonly unknown[] = Reflect.getMetadataKeys(method);
  const types: HandlerType[] = TYPES.filter((type) => keys.includes(METADATA[type]))
    // To Nest, a tool is a message handler.
    .map((type) => (type === 'message' && isMcpHandler(method) ? 'mcp' : type));
  if (types.length === 0 || !isOfRootType(method, owner)) return types;
  return [...new Set(types.map((type) => (type === 'field' ? 'operation' : type)))];
}

/** Whether a method opens subscriptions: `@Subscription()`. */
export function isSubscription(method: Function): boolean {
  return Reflect.getMetadata(RESOLVER_TYPE_METADATA, method) === 'Subscription';
}

/** Whether a function resolves fields: of a root type or of another, but no references. */
export function isOperationOrField(method: Function): boolean {
  return (
    (Reflect.hasMetadata(RESOLVER_TYPE_METADATA, method) ||
      Reflect.hasMetadata(FIELD_RESOLVER_METADATA, method)) &&
    !Reflect.hasMetadata(REFERENCE_RESOLVER_METADATA, method)
  );
}

/** As in Nest, the type that the method names comes before the type that its class names. */
function isOfRootType(method: Function, type: Function): boolean {
  const name: unknown =
    Reflect.getMetadata(RESOLVER_TYPE_METADATA, method) ??
    Reflect.getMetadata(RESOLVER_TYPE_METADATA, type);
  return ROOT_TYPES.includes(name);
}
