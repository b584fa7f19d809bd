import type { ObservedDecision } from './probed-call.js';

const OTHER_GUARD = 'Check what replaces PropelAuthGuard.';

/** Why a rejected caller may have reached the handler. */
export function adviceOnAccess(decisions: readonly ObservedDecision[]): string {
  if (decisions.length === 0) {
    return (
      'No guard of nestjs-propelauth decided about these calls, so the rule is not enforced. Check what replaces ' +
      'PropelAuthGuard, and what wraps, copies or replaces the class or its method.'
    );
  }
  return decisions.some(({ isAllowed }) => isAllowed)
    ? `The guard allowed these calls. ${OTHER_GUARD} For your own kinds of callers, check whether credentials returned what was asked for.`
    : `The guard rejected these calls, but they still reached the handler. ${OTHER_GUARD} It may catch exceptions.`;
}

const NO_CREDENTIAL =
  'The guard finds no credential. If a tokenSource reads another place than the Authorization header, return the token there ' +
  'from argsFor.';

const OTHER_ORG =
  'The guard finds a different organization than the call names. If your own source finds it, return its id from orgFor, ' +
  'and the values that the source reads from argsFor.';

const CREDENTIAL_REASONS = [
  'token_missing',
  'token_malformed',
  'credential_missing',
  'kind_not_accepted',
  'api_key_missing',
];
const ORG_REASONS = ['org_missing', 'org_mismatch', 'not_a_member'];

/** Why the guard may have rejected a caller who may call. */
export function adviceOnRejection(reason: string): string {
  if (CREDENTIAL_REASONS.includes(reason)) return NO_CREDENTIAL;
  if (ORG_REASONS.includes(reason)) return OTHER_ORG;
  return reason === 'error'
    ? 'A function of the application throws, or a setting is missing: see its log.'
    : `The guard checks more than describeAccess() shows. ${OTHER_GUARD}`;
}

/** Why a caller of an own kind may not be identified as one. */
export function adviceOnOtherCaller(kind: string): string {
  return (
    `credentials['${kind}'] returns a credential that the kind does not identify, so the call says nothing about the rule. Return one ` +
    'that identify() accepts, or undefined for access that the kind can never have.'
  );
}

export const EARLY_RESPONSE =
  'Something in front of the guard responds: probably a middleware such as a cache, whose response everybody gets. If it is a filter ' +
  'that turns rejections into successes, toHold() cannot tell.';

export const OTHER_HANDLER =
  'The other handler is registered for the same requests, or replaces this one. Rename or move one of them, register this one ' +
  'first, or return values from argsFor that only this one takes.';

const OVERRIDE =
  'Override it in the test: overrideGuard(OtherGuard).useValue({ canActivate: () => true }), or for a global guard register ' +
  '{ provide: APP_GUARD, useExisting: OtherGuard } and call overrideProvider(OtherGuard).';

export const RATE_LIMIT = `A rate limiter counts the calls (429). ${OVERRIDE}`;

/** Why a call may have ended before the guard decided. What is in front of the guard cannot be seen. */
export function adviceOnResponse(status: number | undefined): string {
  return status === 400 || status === 404
    ? 'No route or operation takes the call, or something in front of the guard throws. Return the parameters, arguments, host or version that it needs from argsFor.'
    : `Another guard, a middleware or something else in front of the guard ends the call. ${OVERRIDE}`;
}
