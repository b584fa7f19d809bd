/** A request, or an object of an HTTP adapter around it, as Fastify has one. */
type MaybeWrapped = object & { readonly raw?: object };

/** The requests of MCP clients that a guarded controller has let in, as guards see them, by what Node.js made of them. */
const fronts = new WeakMap<object, object>();

/** The request of Node.js, which `@rekog/mcp-nest` passes on. */
export function rawOf(request: object): object {
  return (request as MaybeWrapped).raw ?? request;
}

/** Notes that the guard has let a request in. */
export function noteFrontRequest(request: object): void {
  fronts.set(rawOf(request), request);
}

/** The request as the guard in front has seen it; `undefined` when none has. */
export function frontRequestOf(raw: object): object | undefined {
  return fronts.get(raw);
}
