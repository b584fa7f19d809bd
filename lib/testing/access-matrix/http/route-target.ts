import type { DescribedHandler } from '../../../audit/describe-access.js';
import type { RouteVersion } from './route-versions.js';

/** One way to a route: one of its versions, on one of its hosts. */
export interface RouteTarget {
  readonly handler: DescribedHandler;
  /** The method of the request. */
  readonly method: string;
  readonly version: RouteVersion;
  /** The host pattern of the route, if it has one. */
  readonly host: string | RegExp | undefined;
}
