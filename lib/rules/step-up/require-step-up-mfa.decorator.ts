import { createAccessDecorator, type AccessDecorator } from '../access.decorator.js';
import { checkDecoratorOptions } from '../decorator-options.js';
import { stepUpRule } from './step-up-rule.js';
import { assertDefinedArguments } from '../../values/defined-arguments.js';

/**
 * The options of {@link RequireStepUpMfa}.
 *
 * @publicApi
 */
export interface RequireStepUpMfaOptions {
  /** The header with the grant. Default: `x-step-up-grant`. */
  grantHeader?: string;
}

/**
 * Requires a user who has just passed an MFA challenge for this action. The request has to send a step-up grant in a header. Without a
 * grant that PropelAuth confirms for this user and action, the response is 403 with the reason `step_up_required`, so that a front end
 * knows to ask for the code. Returns 503 while PropelAuth is unavailable.
 *
 * PropelAuth verifies the grant once, after every other rule has passed, since that uses up a one-time grant. Guards run before validation
 * pipes: if a request that fails validation must not cost the user the grant, omit this decorator and call {@link
 * PropelAuthService.verifyStepUp} in the handler.
 *
 * @param actionType the action type, as passed to `verifyStepUpTotpChallenge`, such as `'DELETE_ACCOUNT'`
 * @param options `grantHeader`: the header with the grant. Default: `x-step-up-grant`
 * @returns a decorator for controllers and their methods
 * @throws {TypeError} if the action type is empty or not a string, for an unknown option, and for an invalid header name
 * @see PropelAuth, "Step-Up MFA"
 * @example
 * ```ts
 * @Delete('/account')
 * @RequireStepUpMfa('DELETE_ACCOUNT')
 * deleteAccount(@CurrentUser() user: User) {
 *   return this.accounts.delete(user.userId);
 * }
 * ```
 *
 * @publicApi
 */
export function RequireStepUpMfa(
  actionType: string,
  options: RequireStepUpMfaOptions = {},
): AccessDecorator {
  assertDefinedArguments('@RequireStepUpMfa()', arguments);
  const decorator = `@RequireStepUpMfa('${actionType}')`;
  if (typeof actionType !== 'string' || actionType.trim() === '') {
    throw new TypeError(
      "@RequireStepUpMfa() needs an action type. Pass a non-empty string, such as 'DELETE_ACCOUNT'.",
    );
  }
  checkDecoratorOptions(decorator, options, ['grantHeader']);
  return createAccessDecorator({
    type: stepUpRule,
    argument: { actionType, grantHeader: checkHeader(decorator, options.grantHeader) },
    decorator,
  });
}

/** The name of a header (RFC 9110, section 5.1), in lower case as Node.js gives it. */
function checkHeader(decorator: string, header: unknown = 'x-step-up-grant'): string {
  if (typeof header !== 'string' || !/^[\w!#$%&'*+.^`|~-]+$/.test(header)) {
    throw new TypeError(
      `The option grantHeader of ${decorator} is not the name of a header. Set it to one, such as 'x-step-up-grant'.`,
    );
  }
  return header.toLowerCase();
}
