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

/**
 * Endpoints by the function of PropelAuth's client that calls them: the method and path, such as `GET /user/:userId`, and what handles it.
 * Paths are relative to `/api/backend/v1`.
 */
export type Endpoints = Readonly<Record<string, readonly [route: string, endpoint: Endpoint]>>;
