import { takesParameter } from '../../rules/caller-parameters.js';
import { CallerAccounts } from '../../rules/account/caller-accounts.js';
import type { AuditedApplication } from '../application/audited-application.js';
import type { ApplicationHandler } from '../application/application-handlers.js';

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
