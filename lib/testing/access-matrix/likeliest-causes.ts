import type { DescribedHandler } from '../../audit/access-descriptions.js';
import type { ObservedDecision } from './probed-call.js';

const REPLACED =
  'Check what replaces PropelAuthGuard, and for your own kinds of callers whether credentials returned exactly what was asked for.';

/** Why a rejected caller may have reached the handler. */
export function causeOfAccess(decisions: readonly ObservedDecision[]): string {
  if (decisions.length === 0) {
    return (
      'No guard of nestjs-propelauth decided about these calls, so the rule is not enforced. Check what replaces ' +
      'PropelAuthGuard, and what wraps, copies or replaces the class or its method.'
    );
  }
  return decisions.some(({ isAllowed }) => isAllowed)
    ? `The guard allowed these calls. ${REPLACED}`
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

/** The likeliest cause of a rejection, and what only the application knows where it matters: the place of the token or the organization. */
interface RejectionCause {
  readonly advice: string;
  readonly about?: 'token' | 'organization';
}

const NO_CREDENTIAL: RejectionCause = {
  about: 'token',
  advice:
    'The guard finds no credential. If a tokenSource reads another place than the Authorization header, return the token there ' +
    'from argsFor.',
};

const OTHER_ORG: RejectionCause = {
  about: 'organization',
  advice:
    'The guard finds a different organization than the call names. If your own source finds it, return its id from orgFor, ' +
    'and the values that the source reads from argsFor.',
};

const BY_REASON = new Map<string, RejectionCause>([
  ['token_missing', NO_CREDENTIAL],
  ['token_malformed', NO_CREDENTIAL],
  ['credential_missing', NO_CREDENTIAL],
  ['kind_not_accepted', NO_CREDENTIAL],
  ['api_key_missing', NO_CREDENTIAL],
  ['org_missing', OTHER_ORG],
  ['org_mismatch', OTHER_ORG],
  ['not_a_member', OTHER_ORG],
  [
    'credential_invalid',
    { advice: 'identify() of your kind of callers does not accept what credentials returned.' },
  ],
  [
    'credentials_ambiguous',
    {
      advice:
        'The call has credentials of two accepted kinds. A credential in the path is in every call, and leaves no room for another kind.',
    },
  ],
]);

/**
 * Why the guard may have rejected a caller who may call.
 *
 * @param error the package's own message, for the reason `error`
 */
export function causeOfRejection(
  reason: string,
  error = 'see the log of the application.',
): RejectionCause {
  if (reason === 'error') {
    return { advice: `A function of the application throws, or a setting is missing: ${error}` };
  }
  return (
    BY_REASON.get(reason) ?? {
      advice: `The guard checks more than describeAccess() shows. ${REPLACED}`,
    }
  );
}

/** Why a caller of an own kind may not be identified as one. */
export function causeOfOtherCaller(kind: string): string {
  return (
    `credentials['${kind}'] returns a credential that the kind does not identify, so the call says nothing about the rule. Return one ` +
    'that identify() accepts, or undefined for access that the kind can never have.'
  );
}

const OVERRIDE =
  'Override it in the test: overrideGuard(OtherGuard).useValue({ canActivate: () => true }), or for a global guard register ' +
  '{ provide: APP_GUARD, useExisting: OtherGuard } and call overrideProvider(OtherGuard).';

const BY_STATUS = new Map([
  [404, 'No route matches. Return the parameters, host or version that it needs from argsFor.'],
  [429, `A rate limiter counts the calls. ${OVERRIDE}`],
]);

/** Why a call may have ended before the guard decided. What is in front of the guard cannot be seen. */
export function causeOfAnswer({ access }: DescribedHandler, status = 0): string {
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
