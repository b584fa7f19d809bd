import type { DescribedHandler } from '../../../audit/describe-access.js';
import type { RouteVersion } from './route-versions.js';

/** One way to a route: with one of its versions, on one of its hosts. */
export interface RouteTarget {
  readonly handler: DescribedHandler;
  /** The method that is sent. */
  readonly method: string;
  readonly version: RouteVersion;
  /** The pattern of the host, if the route has one. */
  readonly host: string | RegExp | undefined;
}
