import { nodeRequestOf } from '../http/node-request.js';

/** A request of an MCP client that the guard of the endpoint controller has let in. */
interface EndpointRequest {
  /** As that guard sees it. */
  readonly request: object;
  /** What stands for the application of that guard. */
  readonly application: object;
}

/** The requests of MCP clients that a guarded controller has let in, by what Node.js made of them. */
const endpoints = new WeakMap<object, EndpointRequest>();

/** Notes that the guard has let a request in. */
export function noteEndpointRequest(request: object, application: object): void {
  endpoints.set(nodeRequestOf(request), { request, application });
}

/** The request as the guard of the endpoint controller has seen it; `undefined` when none has. */
export function endpointRequestOf(raw: object): object | undefined {
  return endpoints.get(raw)?.request;
}

/** Whether it was the guard of another application: a strategy that two of them share calls the handlers of the first. */
export function isOfOtherApplication(raw: object, application: object): boolean {
  const endpoint = endpoints.get(raw);
  return endpoint !== undefined && endpoint.application !== application;
}
