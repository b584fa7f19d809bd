import type { AuditedMethod } from './audited-route.js';
import { findContradictions } from './contradictions.js';
import { findConflictingTokenSources } from './token-sources.js';
import type { HandlerKind } from '../../rules/handler-kinds.js';
import { readCallerParameters, type CallerParameter } from '../../rules/caller-parameters.js';

const CHECKS = [findContradictions, findConflictingTokenSources, findUnguardedParameters];

const NEEDS_GUARD: readonly CallerParameter[] = ['@CurrentUser()', '@CurrentAccount()'];

/** The checks for every method that handles calls, of any transport. */
export function findInMethod(audited: AuditedMethod): string[] {
  return CHECKS.flatMap((check) => check(audited));
}

/** `@CurrentUser()` and `@CurrentAccount()` where no guard looks for a caller: they would always be `null`. */
function findUnguardedParameters({
  access,
  controller,
  kind,
  name,
  policy,
}: AuditedMethod & { kind?: HandlerKind }): string[] {
  const parameters = readCallerParameters(controller, name);
  const parameter = NEEDS_GUARD.find((one) => parameters.includes(one));
  if (parameter === undefined) return [];
  if (kind === 'field' && !policy.isExplicit) {
    return [
      `${parameter} never has a value on a field without an access rule. Add @RequireUser() or @OptionalUser().`,
    ];
  }
  return access === 'open'
    ? [
        `${parameter} never has a value on a route without an access rule. Add @RequireUser() or @OptionalUser().`,
      ]
    : [];
}
