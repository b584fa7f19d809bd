import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { getCurrentAccount } from '../../decision/caller-of-context.js';
import { registerCallerParameter } from '../caller-parameters.js';
import { isEveryone } from '../callers.js';
import { accountRule } from './account-rule.js';
import { methodNameOf } from '../../values/method-name.js';
import { noteCallerParameter } from '../../callers/caller-parameter.decorator.js';
import { checkDecoratorOptions } from '../decorator-options.js';
import type { Account } from '../../types/declared-types.js';
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

/** The name of a property of the account. Any string, if {@link PropelAuthTypes} does not declare the account. */
type AccountProperty = [keyof Account] extends [never] ? string : Extract<keyof Account, string>;

interface AccountParameter extends CurrentAccountOptions {
  readonly property: AccountProperty | undefined;
}

async function accountOf({ optional, property }: AccountParameter, context: ExecutionContext) {
  const account = await getCurrentAccount(context);
  if (account !== null || optional === true) {
    return property === undefined ? account : account?.[property as keyof Account];
  }
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
 * Injects the application's own record of the caller, which the class of the option `account` loads, or one of its properties. A handler with
 * this parameter requires the account: after all other rules have passed, the guard loads it, and rejects callers without one with 403
 * (`account_missing`).
 *
 * @param property the name of a property, such as `'id'`. Default: the whole account
 * @param options {@link CurrentAccountOptions}: `optional` (default: `false`)
 * @returns a parameter decorator. With `optional`, the parameter is `null` (a property: `undefined`) for a caller without an account, and for
 * an unauthenticated caller under `@OptionalUser()`
 * @throws {TypeError} for an empty property name and an unknown option
 * @example
 * ```ts
 * @Get('/settings')
 * @RequireUser()
 * settings(@CurrentAccount() account: { id: string; locale: string }, @CurrentAccount('id') id: string) {
 *   return { id, locale: account.locale };
 * }
 * ```
 *
 * @publicApi
 */
export function CurrentAccount(
  property: AccountProperty,
  options?: CurrentAccountOptions,
): ParameterDecorator;
/**
 * Injects the whole account.
 *
 * @param options {@link CurrentAccountOptions}: `optional` (default: `false`)
 * @returns a parameter decorator
 *
 * @publicApi
 */
export function CurrentAccount(options?: CurrentAccountOptions): ParameterDecorator;
export function CurrentAccount(...given: unknown[]): ParameterDecorator {
  assertDefinedArguments(DECORATOR, given);
  const property = typeof given[0] === 'string' ? given.shift() : undefined;
  const [options = {}] = given;
  if (property === '' || given.length > 1) {
    throw new TypeError(
      `${DECORATOR} takes the name of a property and then its options. Write @CurrentAccount('id', { optional: true }).`,
    );
  }
  checkDecoratorOptions(DECORATOR, options as object, ['optional']);
  return accountParameter({ ...(options as CurrentAccountOptions), property } as AccountParameter);
}
