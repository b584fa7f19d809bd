import type { ApplicationRoute } from '../application-routes.js';
import type { CompiledAccess } from '../compiled-access.js';
import type { RouteAccess } from '../route-access.js';

/** A route as the audit looks at it. */
export interface AuditedRoute extends ApplicationRoute {
  /** What the rules say, whether or not a guard is there to keep them. */
  readonly rules: CompiledAccess;
  /** What the guard does. */
  readonly access: RouteAccess['access'];
}
