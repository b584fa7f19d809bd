// The keys under which Nest's packages keep what makes a method a handler. Written here, so that none of them need be installed.
const FIELD_RESOLVER_METADATA = 'graphql:resolve_property';
const REFERENCE_RESOLVER_METADATA = 'graphql:resolve_reference';
const RESOLVER_TYPE_METADATA = 'graphql:resolver_type';
const WEBSOCKET_HANDLER_METADATA = 'websockets:message_mapping';
const MESSAGE_HANDLER_METADATA = 'microservices:pattern';

/** The ways that a method may be called, besides HTTP. */
export type HandlerKind = 'operation' | 'field' | 'reference' | 'gateway' | 'message';

const METADATA: Record<HandlerKind, string> = {
  operation: RESOLVER_TYPE_METADATA,
  field: FIELD_RESOLVER_METADATA,
  reference: REFERENCE_RESOLVER_METADATA,
  gateway: WEBSOCKET_HANDLER_METADATA,
  message: MESSAGE_HANDLER_METADATA,
};

/** The ways that a method may be called, besides HTTP; none for one that is called by HTTP alone, or by no client. */
export function handlerKindsOf(method: Function): HandlerKind[] {
  return (Object.keys(METADATA) as HandlerKind[]).filter((kind) => isHandlerOf(kind, method));
}

export function isHandlerOf(kind: HandlerKind, method: Function): boolean {
  return Reflect.hasMetadata(METADATA[kind], method);
}
