import { isObject } from '../../values/is-object.js';

/** The requests of MCP clients that a guarded controller has let in, as guards see them, by what Node.js made of them. */
const fronts = new WeakMap<object, object>();

/** The request that `@rekog/mcp-nest` passes on: that of Express, or the one inside that of Fastify. */
export function rawOf(request: object): object {
  const raw: unknown = 'raw' in request ? request.raw : undefined;
  return isObject(raw) && 'headers' in raw ? raw : request;
}

/** Notes that the guard has let a request in. */
export function noteFrontRequest(request: object): void {
  fronts.set(rawOf(request), request);
}

/** The request as the guard in front has seen it; `undefined` when none has. */
export function frontRequestOf(raw: object): object | undefined {
  return fronts.get(raw);
}
