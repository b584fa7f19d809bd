import type { Answer } from './backend-response.js';

/** A request as PropelAuth's client sends it. */
export interface BackendRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** What the body says; empty without one. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** Answers the requests for a path; with the value of the path's parameter, empty where it has none. */
export type Endpoint = (request: BackendRequest, parameter: string) => Answer | Promise<Answer>;

/** Endpoints by method and path, such as `GET /user/:userId`. The paths begin after `/api/backend/v1`. */
export type Endpoints = Readonly<Record<string, Endpoint>>;

const BASE_PATH = '/api/backend/v1';

/** Finds the endpoint for a request. */
export class Router {
  private readonly routes: readonly { pattern: RegExp; endpoint: Endpoint }[];

  constructor(endpoints: Endpoints) {
    this.routes = Object.entries(endpoints)
      // "/user/query" is no user with the id "query".
      .toSorted(([one], [other]) => parametersIn(one) - parametersIn(other))
      .map(([route, endpoint]) => ({ pattern: patternOf(route), endpoint }));
  }

  /** The answer; `undefined` when there is no such endpoint. */
  answer(request: BackendRequest): Answer | Promise<Answer> | undefined {
    const asked = `${request.method} ${request.path}`;
    for (const { pattern, endpoint } of this.routes) {
      const match = pattern.exec(asked);
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
