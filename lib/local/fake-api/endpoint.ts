import type { BackendResponse } from './backend-response.js';

/** A request to PropelAuth's backend. */
export interface BackendRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** The JSON body; empty without one. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** Handles the requests to a path. `parameter` is the value of the path parameter, or empty. */
export type Endpoint = (
  request: BackendRequest,
  parameter: string,
) => BackendResponse | Promise<BackendResponse>;

/** Endpoints by method and path, such as `GET /user/:userId`. Paths are relative to `/api/backend/v1`. */
export type Endpoints = Readonly<Record<string, Endpoint>>;

export const BASE_PATH = '/api/backend/v1';

/** Finds the endpoint for a request. */
export class Router {
  private readonly routes: readonly { pattern: RegExp; endpoint: Endpoint }[];

  constructor(endpoints: Endpoints) {
    this.routes = Object.entries(endpoints)
      // Static paths first: "/user/query" is not the user with the id "query".
      .toSorted(([one], [other]) => parametersIn(one) - parametersIn(other))
      .map(([route, endpoint]) => ({ pattern: patternOf(route), endpoint }));
  }

  /** The response, or `undefined` if there is no such endpoint. */
  handle(request: BackendRequest): BackendResponse | Promise<BackendResponse> | undefined {
    const requestLine = `${request.method} ${request.path}`;
    for (const { pattern, endpoint } of this.routes) {
      const match = pattern.exec(requestLine);
      if (match !== null) return endpoint(request, match[1] ?? '');
    }
    return undefined;
  }
}

function parametersIn(route: string): number {
  return route.split(':').length;
}

function patternOf(route: string): RegExp {
  const [method, path] = route.split(' ') as [string, string];
  return new RegExp(`^${method} ${BASE_PATH}${path.replaceAll(/:\w+/g, '([^/]+)')}$`);
}
