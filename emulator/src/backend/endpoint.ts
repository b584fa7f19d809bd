import type { JsonObject } from '../json-object.js';
import { NOT_FOUND, type BackendResponse } from './backend-response.js';

/** A request to PropelAuth's backend. */
export interface BackendRequest {
  readonly query: Readonly<Record<string, string>>;
  /** The JSON body; empty without one. Fields that are `null` are left out. */
  readonly body: JsonObject;
}

/** Handles the requests to a path. `parameter` is the value of the path parameter, or empty. */
export type Endpoint = (
  request: BackendRequest,
  parameter: string,
) => BackendResponse | Promise<BackendResponse>;

/**
 * Makes endpoints for records, each of which the path names by its id: 404 without one.
 *
 * @param find a record by its id
 */
export function endpointsOf<Found>(find: (id: string) => Found | undefined) {
  return (handle: (found: Found, request: BackendRequest) => ReturnType<Endpoint>): Endpoint =>
    (request, id) => {
      const found = find(id);
      return found === undefined ? NOT_FOUND : handle(found, request);
    };
}

/** Adds an endpoint. The name is that of the function of PropelAuth's client that calls it. */
type AddEndpoint = (path: string, name: string, endpoint: Endpoint) => void;

/** Adds endpoints to PropelAuth's backend API, by their methods. */
export type Endpoints = Readonly<Record<'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', AddEndpoint>>;
