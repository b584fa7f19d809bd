import type { HandlerKind } from '../../transport/handler-kinds.js';
import { readCallerParameters } from '../../rules/caller-parameters.js';
import type { AuditedMethod } from './audited-route.js';

/** `@CurrentUser()` where no guard looks for a user: it would always be `null`. */
export function findUnguardedParameters({
  access,
  controller,
  kind,
  name,
  policy,
}: AuditedMethod & { kind?: HandlerKind }): string[] {
  if (!readCallerParameters(controller, name).includes('@CurrentUser()')) return [];
  if (kind === 'field' && !policy.isExplicit) {
    return [
      '@CurrentUser() in a field without a rule, where no token is looked at; add @RequireUser() or @OptionalUser().',
    ];
  }
  return access === 'open'
    ? [
        '@CurrentUser() on a route that no guard of this package is on; add @RequireUser() or @OptionalUser().',
      ]
    : [];
}
