import type { DescribedHandler } from '../../audit/describe-access.js';
import type { CalledHandler, ObservedDecision } from './probed-call.js';

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

export const OWN_GUARD = (name: string): string =>
  `${name} is the only protection of this handler, and allowed a call without its credential. Check conditions such as NODE_ENV.`;

export const EARLY_RESPONSE =
  'Something responds in front of the guard, probably a middleware such as a cache. Protect what it responds with.';

/** Why another handler answers. */
export function causeOfOtherHandler(
  { description, subject }: DescribedHandler,
  other: CalledHandler,
): string {
  if (description.transport === 'http') {
    return (
      'The other handler is registered first, and its path matches the same requests. Change one of the paths, register ' +
      'this handler first, or return values from argsFor that only this path matches.'
    );
  }
  return other.controller === subject.controller
    ? 'The class replaces the method with a function whose rules cannot be found. Check its constructor for assignments ' +
        'such as this.list = this.other.bind(this).'
    : 'Both define the same operation, and the other class has replaced this one. Rename or remove one of them.';
}

/** The likeliest cause of a rejection, and what the rejection is about. */
export interface RejectionCause {
  readonly advice: string;
  readonly isAboutToken: boolean;
  readonly isAboutOrg: boolean;
}

const ABOUT_TOKENS = ['token_missing', 'token_malformed', 'credential_missing', 'api_key_missing'];
const ABOUT_ORGS = ['org_missing', 'org_mismatch', 'not_a_member'];

/**
 * Why the guard may have rejected a caller who may call.
 *
 * @param error the package's own message, for the reason `error`
 */
export function causeOfRejection(reason: string, error?: string): RejectionCause {
  const isAboutToken = ABOUT_TOKENS.includes(reason);
  const isAboutOrg = ABOUT_ORGS.includes(reason);
  return { isAboutToken, isAboutOrg, advice: adviceOn(reason, error, isAboutToken, isAboutOrg) };
}

function adviceOn(reason: string, error = '', isAboutToken: boolean, isAboutOrg: boolean): string {
  if (reason === 'error') {
    return `A function of the application throws, or a setting is missing: ${error || 'see the log of the application.'}`;
  }
  if (isAboutToken) {
    return (
      'The guard finds no credential. If a tokenSource reads the token from a place other than the Authorization header, ' +
      'return it there from argsFor.'
    );
  }
  if (isAboutOrg) {
    return (
      'The guard finds a different organization than the call names. If your own source finds it, return its id from ' +
      'orgFor, and the values that the source reads from argsFor.'
    );
  }
  return 'The guard checks more than describeAccess() shows. Check what replaces PropelAuthGuard or another provider of nestjs-propelauth.';
}

const OVERRIDE =
  'Override it in the test: overrideGuard(OtherGuard).useValue({ canActivate: () => true }), or for a global guard register ' +
  '{ provide: APP_GUARD, useExisting: OtherGuard } and call overrideProvider(OtherGuard)';

const BY_STATUS = new Map([
  [401, `Another guard or a middleware rejects the caller first. ${OVERRIDE}.`],
  [403, `Another guard or a middleware rejects the caller first. ${OVERRIDE}.`],
  [
    404,
    'No route matches, or something hides it. Return the parameters, host or version that it needs from argsFor.',
  ],
  [429, `A rate limiter counts the calls. ${OVERRIDE}.`],
]);

const OWN_GUARD_OF_PUBLIC =
  'A guard of the application rejects the caller. If it is the protection of the handler, declare it: @Public({ guardedBy: YourGuard }).';

/** Why a call may have ended before the guard decided. What is in front of the guard is not known. */
export function causeOfAnswer({ access }: DescribedHandler, status: number | undefined): string {
  if (status === undefined)
    return `A middleware, guard or exception filter does not respond. ${OVERRIDE}.`;
  if (access.access === 'public' && (status === 401 || status === 403)) return OWN_GUARD_OF_PUBLIC;
  const known = BY_STATUS.get(status);
  if (known !== undefined) return known;
  return status >= 500
    ? 'Something fails before the guard decides. See the log of the application.'
    : 'Something responds before the guard decides; what it is cannot be seen from outside. Return what it needs from argsFor, or override it in the test.';
}
