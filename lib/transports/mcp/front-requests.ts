import { nodeRequestOf } from '../http/node-request.js';

/** A request of an MCP client that the guard in front has let in. */
interface FrontRequest {
  /** As that guard sees it. */
  readonly request: object;
  /** What stands for the application of that guard. */
  readonly application: object;
}

/** The requests of MCP clients that a guarded controller has let in, by what Node.js made of them. */
const fronts = new WeakMap<object, FrontRequest>();

/** Notes that the guard has let a request in. */
export function noteFrontRequest(request: object, application: object): void {
  fronts.set(nodeRequestOf(request), { request, application });
}

/** The request as the guard in front has seen it; `undefined` when none has. */
export function frontRequestOf(raw: object): object | undefined {
  return fronts.get(raw)?.request;
}

/** Whether it was the guard of another application: a strategy that two of them share calls the handlers of the first. */
export function isOfOtherApplication(raw: object, application: object): boolean {
  const front = fronts.get(raw);
  return front !== undefined && front.application !== application;
}
