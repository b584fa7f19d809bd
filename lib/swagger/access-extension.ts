import { callersAsData, rulesAsData } from '../rules/access-summary.js';
import { isUndecided, type AccessMode, type HandlerAccess } from '../rules/handler-access.js';

/**
 * The access rules of a route in machine-readable form: the extension `x-propelauth` of its operation in an OpenAPI document.
 *
 * @publicApi
 */
export interface AccessExtension {
  /** Whom the route asks for a credential. */
  access: Exclude<AccessMode, 'open' | 'exempt'>;
  /** The accepted kinds of callers, by name: `{ user: 'any', 'api-key': 'org' }`. The value names the only callers of the kind that are accepted. */
  callers: Record<string, string>;
  /** What callers have to meet, by the type of rules, as in `describeAccess()`: `{ scope: { '*': ['read:reports'] } }`. */
  rules: Record<string, unknown>;
}

/** The rule of a route as an OpenAPI extension; `undefined` if the guard makes no decision about the route. */
export function extensionOf(route: HandlerAccess): AccessExtension | undefined {
  const { access } = route;
  if (isUndecided(access)) return undefined;
  return {
    access: access as AccessExtension['access'],
    callers: callersAsData(route),
    rules: rulesAsData(route),
  };
}
