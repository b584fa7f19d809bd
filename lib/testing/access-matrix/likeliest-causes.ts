import type { DescribedHandler } from '../../audit/describe-access.js';
import type { ObservedDecision } from './probed-call.js';

/** Why a rejected caller may have reached the handler. */
export function causeOfAccess(decisions: readonly ObservedDecision[]): string {
  if (decisions.length === 0) {
    return (
      'No guard of nestjs-propelauth decided about these calls, so the rule is not enforced. Check what replaces ' +
      'PropelAuthGuard, and what wraps, copies or replaces the class or its method.'
    );
  }
  return decisions.some(({ isAllowed }) => isAllowed)
    ? 'The guard allowed these calls. Check what replaces PropelAuthGuard or another provider of nestjs-propelauth.'
    : 'The guard rejected these calls, but they still reached the handler. Check for a guard that extends or calls ' +
        'PropelAuthGuard and catches its exceptions.';
}

export function causeInOwnGuard(name: string): string {
  return `${name} is the only protection of this handler, and allowed a call without its credential. Check conditions such as NODE_ENV.`;
}

export const EARLY_RESPONSE =
  'Something in front of the guard responds: probably a middleware such as a cache, whose response everybody gets. If it is a filter ' +
  'that turns rejections into successes, toHold() cannot tell.';

export const OTHER_HANDLER =
  'The other handler is registered for the same requests, or replaces this one. Rename or move one of them, register this one ' +
  'first, or return values from argsFor that only this one takes.';

const ABOUT_TOKENS = ['token_missing', 'token_malformed', 'credential_missing', 'api_key_missing'];
const ABOUT_ORGS = ['org_missing', 'org_mismatch', 'not_a_member'];

const TWO_CREDENTIALS =
  'The call has credentials of two accepted kinds. A credential in the path is in every call, and leaves no room for another kind.';

/**
 * Why the guard may have rejected a caller who may call.
 *
 * @param error the package's own message, for the reason `error`
 */
export function causeOfRejection(reason: string, error = 'see the log of the application.') {
  const isAboutToken = ABOUT_TOKENS.includes(reason);
  const isAboutOrg = ABOUT_ORGS.includes(reason);
  const advice =
    reason === 'error'
      ? `A function of the application throws, or a setting is missing: ${error}`
      : reason === 'credentials_ambiguous'
        ? TWO_CREDENTIALS
        : isAboutToken
          ? 'The guard finds no credential. If a tokenSource reads another place than the Authorization header, return the token there ' +
            'from argsFor.'
          : isAboutOrg
            ? 'The guard finds a different organization than the call names. If your own source finds it, return its id from orgFor, ' +
              'and the values that the source reads from argsFor.'
            : 'The guard checks more than describeAccess() shows. Check what replaces PropelAuthGuard, and for your own kinds of callers ' +
              'what their functions return.';
  return { isAboutToken, isAboutOrg, advice };
}

const OVERRIDE =
  'Override it in the test: overrideGuard(OtherGuard).useValue({ canActivate: () => true }), or for a global guard register ' +
  '{ provide: APP_GUARD, useExisting: OtherGuard } and call overrideProvider(OtherGuard).';

const BY_STATUS = new Map([
  [404, 'No route matches. Return the parameters, host or version that it needs from argsFor.'],
  [429, `A rate limiter counts the calls. ${OVERRIDE}`],
]);

/** Why a call may have ended before the guard decided. What is in front of the guard cannot be seen. */
export function causeOfAnswer({ access, description }: DescribedHandler, status = 0): string {
  if (description.transport === 'mcp' && status === 400) {
    return 'The MCP server rejects the arguments. Return them as data from argsFor.';
  }
  const isRejection = status === 401 || status === 403;
  if (access.access === 'public' && isRejection) {
    return (
      'A guard of the application rejects the caller. If it is the protection of the handler, declare it: ' +
      '@Public({ guardedBy: YourGuard }).'
    );
  }
  if (isRejection) return `Another guard or a middleware rejects the caller first. ${OVERRIDE}`;
  if (status >= 500)
    return 'Something fails before the guard decides. See the log of the application.';
  return (
    BY_STATUS.get(status) ??
    `Something in front of the guard ends the call; toHold() cannot see what. ${OVERRIDE}`
  );
}
