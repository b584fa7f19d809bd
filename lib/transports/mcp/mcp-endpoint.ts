/** The classes of `@rekog/mcp-nest` whose routes hand requests to its transport. */
const CONTROLLERS: readonly string[] = ['BoundMcpHttpController', 'StreamableHttpController'];

const known = new WeakMap<Function, boolean>();

/** Whether a class is a controller of `@rekog/mcp-nest`: it extends `McpHttpControllerFor(transport)` or `StreamableHttpController`. */
export function isMcpEndpoint(type: Function): boolean {
  const answer = known.get(type) ?? baseOfMcpEndpoint(type) !== undefined;
  known.set(type, answer);
  return answer;
}

/** Whether a handler of such a controller is not the one that receives messages. */
export function isOtherRouteOfEndpoint(type: Function, handler: Function): boolean {
  return isMcpEndpoint(type) && (type.prototype as { readonly post?: unknown }).post !== handler;
}

/** The class of `@rekog/mcp-nest` that a controller extends. */
export function baseOfMcpEndpoint({ prototype }: Function): Function | undefined {
  for (
    let current = prototype as object | null | undefined;
    current !== null && current !== undefined;
    current = Object.getPrototypeOf(current) as object | null
  ) {
    const { constructor } = current;
    if (typeof constructor === 'function' && CONTROLLERS.includes(constructor.name)) {
      return constructor;
    }
  }
  return undefined;
}
