import { readCallerParameters } from '../decorators/caller-parameter.js';
import type { AuditedMethod } from './audited-route.js';

/** `@CurrentUser()` where no guard looks for a user: it would always be `null`. */
export function findUnguardedParameters({ access, controller, name }: AuditedMethod): string[] {
  if (access !== 'open' || !readCallerParameters(controller, name).includes('@CurrentUser()')) {
    return [];
  }
  return [
    '@CurrentUser() on a route that no guard of this package is on; add @RequireUser() or @OptionalUser().',
  ];
}
