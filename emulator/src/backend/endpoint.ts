import type { Handler } from 'hono';
import type { BackendResponse } from './backend-response.js';

/** A request to PropelAuth's backend. */
export interface BackendRequest {
  readonly query: URLSearchParams;
  /** The JSON body; empty without one. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** Handles the requests to a path. `parameter` is the value of the path parameter, or empty. */
export type Endpoint = (
  request: BackendRequest,
  parameter: string,
) => BackendResponse | Promise<BackendResponse>;

/** Makes a handler of an endpoint. The name is that of the function of PropelAuth's client that calls it. */
export type Call = (name: string, endpoint: Endpoint) => Handler;
