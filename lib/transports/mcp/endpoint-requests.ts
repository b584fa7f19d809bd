import { nodeRequestOf } from '../http/node-request.js';
import type { RequestHeaders } from '../request-headers.js';

/** A request of an MCP client that the guard of an endpoint controller has let in. */
interface EndpointRequest {
  /** The request as that guard sees it. */
  readonly request: RequestHeaders;
  /** An object that identifies the application of that guard. */
  readonly application: object;
}

/** The requests of MCP clients that a guarded controller has let in, by the request objects of Node.js. */
const endpointRequests = new WeakMap<object, EndpointRequest>();

/** Notes that the guard has let a request in. */
export function noteEndpointRequest(request: RequestHeaders, application: object): void {
  endpointRequests.set(nodeRequestOf(request), { request, application });
}

/** The request as the guard of the endpoint controller has seen it; `undefined` if no guard has. */
export function endpointRequestOf(raw: object): RequestHeaders | undefined {
  return endpointRequests.get(raw)?.request;
}

/** Whether the guard of this application has let a request in: a strategy that two applications share calls the handlers of the first. */
export function isLetIn(raw: object, application: object): boolean {
  return endpointRequests.get(raw)?.application === application;
}
