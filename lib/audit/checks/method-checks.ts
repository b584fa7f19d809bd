import type { AuditedHandler, AuditContext } from './audited-handler.js';
import type { AuditedMethod, AuditedRoute } from './audited-route.js';
import { findContradictions } from './contradictions.js';
import { findMisplacedCredentials } from './misplaced-credentials.js';
import { findMisplacedSources } from './misplaced-sources.js';
import { findMissingPathParameters } from './missing-path-parameters.js';
import { findConflictingTokenSources, findMissingTokenSource } from './token-sources.js';
import { readCallerParameters, type CallerParameter } from '../../rules/caller-parameters.js';

const NEEDS_GUARD: readonly CallerParameter[] = ['@CurrentUser()', '@CurrentAccount()'];

/** The rules of a handler that cannot work. */
export function findMistakes(
  audited: AuditedRoute | AuditedHandler,
  auditContext: AuditContext,
): string[] {
  return [
    ...findContradictions(audited, auditContext.kinds),
    ...findConflictingTokenSources(audited),
    ...findUnguardedParameters(audited),
    ...(audited.kind === 'http' ? findMissingPathParameters(audited) : []),
    ...findMisplacedSources(audited),
    ...findMisplacedCredentials(audited),
    ...findMissingTokenSource(audited, auditContext),
  ];
}

/** `@CurrentUser()` and `@CurrentAccount()` where no guard looks for a caller: they would always be `null`. */
function findUnguardedParameters({
  access,
  controller,
  kind,
  name,
  policy,
}: AuditedMethod): string[] {
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
