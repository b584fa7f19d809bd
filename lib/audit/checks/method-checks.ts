import type { AuditedMethod } from './audited-route.js';
import { findContradictions } from './contradictions.js';
import { findConflictingTokenSources } from './token-sources.js';
import type { HandlerKind } from '../../rules/handler-kinds.js';
import { readCallerParameters } from '../../rules/caller-parameters.js';

const CHECKS = [findContradictions, findConflictingTokenSources, findUnguardedParameters];

/** The checks for every method that handles calls, of any transport. */
export function findInMethod(audited: AuditedMethod): string[] {
  return CHECKS.flatMap((check) => check(audited));
}

/** `@CurrentUser()` where no guard looks for a user: it would always be `null`. */
function findUnguardedParameters({
  access,
  controller,
  kind,
  name,
  policy,
}: AuditedMethod & { kind?: HandlerKind }): string[] {
  if (!readCallerParameters(controller, name).includes('@CurrentUser()')) return [];
  if (kind === 'field' && !policy.isExplicit) {
    return [
      '@CurrentUser() never has a value on a field without an access rule. Add @RequireUser() or @OptionalUser().',
    ];
  }
  return access === 'open'
    ? [
        '@CurrentUser() never has a value on a route without an access rule. Add @RequireUser() or @OptionalUser().',
      ]
    : [];
}
