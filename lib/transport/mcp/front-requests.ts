import { nodeRequestOf } from '../http/node-request.js';

/** The requests of MCP clients that a guarded controller has let in, as guards see them, by what Node.js made of them. */
const fronts = new WeakMap<object, object>();

/** Notes that the guard has let a request in. */
export function noteFrontRequest(request: object): void {
  fronts.set(nodeRequestOf(request), request);
}

/** The request as the guard in front has seen it; `undefined` when none has. */
export function frontRequestOf(raw: object): object | undefined {
  return fronts.get(raw);
}
