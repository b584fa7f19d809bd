import { createAccessDecorator, type AccessDecorator } from './access.decorator.js';
import { checkDecoratorOptions } from './decorator-options.js';

/**
 * The options of {@link RequireStepUpMfa}.
 *
 * @publicApi
 */
export interface RequireStepUpMfaOptions {
  /** The header that brings the grant. Default: `x-step-up-grant`. */
  grantHeader?: string;
}

/**
 * Requires a user who has just passed another MFA challenge for this kind of action. The request proves it with a step-up grant
 * in a header. Without one that PropelAuth confirms for this user and action the answer is 403 with the reason
 * `step_up_required` in its body, by which a front end knows to ask for the code; 503 while PropelAuth cannot be asked.
 *
 * The grant is asked about once, after every other rule has passed, since that uses up a one-time grant. Guards run before
 * validation pipes; where a request that fails validation must not cost the user the grant, leave this decorator out and call
 * {@link PropelAuthService.verifyStepUp} in the handler.
 *
 * @param actionType the kind of action, as it was given to `verifyStepUpTotpChallenge`, such as `'DELETE_ACCOUNT'`
 * @param options `grantHeader`: the header that brings the grant; default: `x-step-up-grant`
 * @returns a decorator for controllers and their methods
 * @throws {TypeError} when the action type is empty or not a string, and for an unknown option or a header that cannot be one
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
  const decorator = `@RequireStepUpMfa('${actionType}')`;
  if (typeof actionType !== 'string' || actionType.trim() === '') {
    throw new TypeError('@RequireStepUpMfa() needs an action type: a string that is not empty.');
  }
  checkDecoratorOptions(decorator, options, ['grantHeader']);
  return createAccessDecorator({
    kind: 'step-up',
    requirement: { actionType, grantHeader: checkHeader(decorator, options.grantHeader) },
    decorator,
  });
}

/** The name of a header (RFC 9110, section 5.1), in lower case as Node.js gives it. */
function checkHeader(decorator: string, header: unknown = 'x-step-up-grant'): string {
  if (typeof header !== 'string' || !/^[\w!#$%&'*+.^`|~-]+$/.test(header)) {
    throw new TypeError(`The option grantHeader of ${decorator} is not the name of a header.`);
  }
  return header.toLowerCase();
}
