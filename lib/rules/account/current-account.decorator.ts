import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { getCurrentAccount } from '../../decision/caller-of-context.js';
import { registerCallerParameter } from '../caller-parameters.js';
import { isEveryone } from '../callers.js';
import { accountRule } from './account-rule.js';
import { methodNameOf } from '../../values/method-name.js';
import { noteCallerParameter } from '../../callers/caller-parameter.decorator.js';
import { checkDecoratorOptions } from '../decorator-options.js';
import { assertDefinedArguments } from '../../values/defined-arguments.js';

/**
 * The options of {@link CurrentAccount}.
 *
 * @publicApi
 */
export interface CurrentAccountOptions {
  /** Whether the handler also accepts callers without an account, and gets `null` for them. Default: `false`, which rejects them with 403. */
  optional?: boolean;
}

const DECORATOR = '@CurrentAccount()';

async function accountOf({ optional }: CurrentAccountOptions, context: ExecutionContext) {
  const account = await getCurrentAccount(context);
  if (account !== null || optional === true) return account;
  // The guard rejects callers without an account, so no guard of this package has decided about this call.
  throw new Error(
    `${context.getClass().name}.${methodNameOf(context.getHandler())} has @CurrentAccount(), but PropelAuthGuard has not loaded an ` +
      'account. In tests, use overridePropelAuth() instead of overriding the guard.',
  );
}
registerCallerParameter(accountOf, {
  name: DECORATOR,
  emptyOn: ({ callers }) =>
    isEveryone(callers)
      ? 'never has a value under @Public(), which identifies no caller. Use @RequireUser(), or @OptionalUser() with ' +
        '@CurrentAccount({ optional: true }), instead of @Public().'
      : undefined,
  ruleOf: (options) =>
    (options as CurrentAccountOptions | undefined)?.optional === true
      ? undefined
      : { type: accountRule, argument: undefined, decorator: DECORATOR },
});
const accountParameter = createParamDecorator(accountOf, [noteCallerParameter]);

/**
 * Injects the application's own record of the caller, which the class of the option `account` loads. A handler with this parameter requires
 * it: after all other rules have passed, the guard loads the account, and rejects callers without one with 403 (`account_missing`).
 *
 * @param options {@link CurrentAccountOptions}: `optional` (default: `false`)
 * @returns a parameter decorator. With `optional`, the parameter is `null` for a caller without an account, and for an unauthenticated caller
 * under `@OptionalUser()`
 * @throws {TypeError} for an unknown option
 * @example
 * ```ts
 * @Get('/settings')
 * @RequireUser()
 * settings(@CurrentAccount() account: { id: string; locale: string }) {
 *   return { locale: account.locale };
 * }
 * ```
 *
 * @publicApi
 */
export function CurrentAccount(options: CurrentAccountOptions = {}): ParameterDecorator {
  assertDefinedArguments('@CurrentAccount()', arguments);
  checkDecoratorOptions('@CurrentAccount()', options, ['optional']);
  return accountParameter(options);
}
