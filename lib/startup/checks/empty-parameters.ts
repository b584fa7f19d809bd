import { readCallerParameters, takesParameter } from '../../rules/caller-parameters.js';
import { CallerAccounts } from '../../rules/account/caller-accounts.js';
import type { ApplicationHandler } from '../application/application-handlers.js';
import type { AuditedApplication } from '../application/audited-application.js';
import { RULES_BELONG_TO_OPERATIONS } from './unreached-handlers.js';

const NEEDS_GUARD = ['@CurrentUser()', '@CurrentAccount()', '@CurrentResource()'];

const EMPTY_IN_FIELD = `never has a value under the rules of this field or its class. ${RULES_BELONG_TO_OPERATIONS}`;

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

/** Parameters that never have a value under the rules of the handler, such as `@CurrentUser()` under `@Public()`. */
export function findCallerlessParameters(
  { controller, type, name, policy }: ApplicationHandler,
  { policies }: AuditedApplication,
): string[] {
  // It has the caller and the organization of its operation.
  if (type === 'field' && !policy.isExplicit) return [];
  return [...new Set(readCallerParameters(controller, name))].flatMap((parameter) => {
    const problem = parameter.emptyOn?.(policy, policies.kinds);
    if (problem === undefined) return [];
    return [`${parameter.name} ${type === 'field' ? EMPTY_IN_FIELD : problem}`];
  });
}

/** A handler that takes an account, in an application that has not said how to load one: its calls would return 500. */
export function findMissingAccountOption(
  { controller, name }: ApplicationHandler,
  { get }: AuditedApplication,
): string[] {
  const { isConfigured } = get(CallerAccounts);
  if (isConfigured || !takesParameter(controller, name, '@CurrentAccount()')) {
    return [];
  }
  return [
    '@CurrentAccount() needs the option account. Add account: Accounts to PropelAuthModule.forRoot(), a class of your application with ' +
      'load(caller).',
  ];
}
