import { takesParameter } from '../../rules/caller-parameters.js';
import type { ApplicationHandler } from '../application/application-handlers.js';

const NEEDS_GUARD = ['@CurrentUser()', '@CurrentAccount()'];

/** `@CurrentUser()` and `@CurrentAccount()` where no guard looks for a caller: they would always be `null`. */
export function findUnguardedParameters({
  access: { access },
  controller,
  type,
  name,
  policy,
}: ApplicationHandler): string[] {
  const parameter = NEEDS_GUARD.find((one) => takesParameter(controller, name, one));
  if (parameter === undefined) return [];
  // A field without a rule has the caller of its operation, and no guard asks for their account.
  if (type === 'field' && !policy.isExplicit) {
    return policy.checks.length === 0
      ? []
      : [
          `${parameter} is not checked on a field without an access rule. Add @RequireUser(), or use @CurrentAccount({ optional: true }).`,
        ];
  }
  return access === 'open'
    ? [
        `${parameter} never has a value on a route without an access rule. Add @RequireUser() or @OptionalUser().`,
      ]
    : [];
}
