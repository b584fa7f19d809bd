import { readCallerParameters } from '../../rules/caller-parameters.js';
import type { AuditedMethod } from './audited-route.js';

/** A handler that takes an account, in an application that has not said how to load one: its calls would return 500. */
export function findMissingAccountOption(
  { controller, name }: Pick<AuditedMethod, 'controller' | 'name'>,
  hasAccounts: boolean,
): string[] {
  if (hasAccounts || !readCallerParameters(controller, name).includes('@CurrentAccount()')) {
    return [];
  }
  return [
    '@CurrentAccount() needs the option account. Add account: Accounts to PropelAuthModule.forRoot(), a class of your application with ' +
      'load(caller).',
  ];
}
