import type { DescribedHandler } from '../../startup/access-descriptions.js';
import { isSameClass, isSameHandler } from '../../rules/declared-method.js';
import type { CallResult } from './entry-points/entry-point.js';
import { CannotCall, untriedFault, type Fault } from './finding.js';
import type { CalledHandler, ObservedDecision } from './access-probe.js';
import type { TestCaller } from './test-caller.js';

const OTHER_GUARD = 'Check what replaces PropelAuthGuard.';

const OWN_FUNCTION = 'A function of the application throws, or a setting is missing: see its log.';

const OWN_SOURCE =
  'If a tokenSource or an organization source of yours reads another place, return the values that it reads from argsFor, and the id ' +
  `of the organization from orgFor. Otherwise, the guard checks more than describeAccess() shows. ${OTHER_GUARD}`;

const EARLY_RESPONSE =
  'Something in front of the guard responds: probably a middleware such as a cache, whose response everybody gets. If it is a filter ' +
  'that turns rejections into successes, toHold() cannot tell.';

const OTHER_HANDLER =
  'The other handler is registered for the same requests, or replaces this one. Rename or move one of them, register this one ' +
  'first, or return values from argsFor that only this one takes.';

const OVERRIDE =
  'Override it in the test: overrideGuard(OtherGuard).useValue({ canActivate: () => true }), or for a global guard register ' +
  '{ provide: APP_GUARD, useExisting: OtherGuard } and call overrideProvider(OtherGuard).';

const RATE_LIMIT = `A rate limiter counts the calls (429). ${OVERRIDE}`;

/**
 * Compares how far a call came with the description of the handler.
 *
 * @returns `undefined` for a call that ended as described
 * @throws {CannotCall} if a rate limiter ends the calls
 */
export function verdictOn(
  handler: DescribedHandler,
  caller: TestCaller,
  result: CallResult,
): Fault | undefined {
  const fault = faultShownBy(handler, caller, result);
  return fault && { ...fault, exchange: exchangeInWords(result, caller) };
}

function faultShownBy(
  handler: DescribedHandler,
  caller: TestCaller,
  result: CallResult,
): Fault | undefined {
  const { what, mayCall, ownKind } = caller;
  const isOfHandler = isCallOf(handler);
  const decisions = result.call.decisions.filter(isOfHandler);
  const isAllowed =
    result.call.reached.some(isOfHandler) || decisions.some((decision) => decision.isAllowed);
  if (isAllowed && !mayCall) {
    return { problem: 'allows', caller: what, advice: adviceOnAccess(decisions) };
  }
  const [decision] = decisions;
  if (decision === undefined) {
    return isAllowed ? undefined : faultWithoutDecision(caller, result);
  }
  if (mayCall && !isAllowed) {
    const { reason = 'error' } = decision;
    const advice = reason === 'error' ? OWN_FUNCTION : OWN_SOURCE;
    return { problem: 'rejects', caller: `${what} (${reason})`, advice };
  }
  // The call ended as described, but says nothing about the rule if its caller is another one.
  if (ownKind === undefined || ownKind === decision.callerKind) return undefined;
  return { problem: 'was not tried as', caller: what, advice: adviceOnOtherCaller(ownKind) };
}

function faultWithoutDecision(
  { what, mayCall }: TestCaller,
  { call, status }: CallResult,
): Fault | undefined {
  const other = call.reached[0] ?? call.decisions[0];
  if (other !== undefined) {
    const problem = `is not reached: ${other.controller.name}.${other.handler.name} answers instead.`;
    return { problem, advice: OTHER_HANDLER };
  }
  if (!mayCall && status !== undefined && status < 300) {
    const problem = 'gets a response before the guard decides, when called by';
    return { problem, caller: what, advice: EARLY_RESPONSE };
  }
  // Of the later callers, none would be decided about.
  if (status === 429) throw new CannotCall(RATE_LIMIT);
  return untriedFault(adviceOnResponse(status));
}

/** Without texts of the application, which may repeat credentials. */
function exchangeInWords({ call, status }: CallResult, { what }: TestCaller): string {
  const answer = status ? `the response was ${status}` : 'the connection was closed';
  const isReached = call.reached.length > 0 || call.decisions.some(({ isAllowed }) => isAllowed);
  return `Sent as ${what}; ${isReached ? 'the handler was reached' : answer}`;
}

/** Makes a test whether a decision or a reached handler is of this one, also where tools have wrapped its class or its method. */
function isCallOf({ controller, handler }: DescribedHandler): (called: CalledHandler) => boolean {
  // Nest names the class that an instance has as its constructor, which a mixin may have brought, and around which a `Proxy` may be.
  const { constructor } = controller.prototype as { constructor: Function };
  return (called) =>
    (called.controller === constructor || isSameClass(controller, called.controller)) &&
    isSameHandler(handler, called.handler);
}

/** Why a rejected caller may have reached the handler. */
function adviceOnAccess(decisions: readonly ObservedDecision[]): string {
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

/** Why a caller of an own kind may not be identified as one. */
function adviceOnOtherCaller(kind: string): string {
  return `credentials['${kind}'] returns a credential that the kind does not identify. Return one that identify() accepts, or undefined.`;
}

/** Why a call may have ended before the guard decided. What is in front of the guard cannot be seen. */
function adviceOnResponse(status: number | undefined): string {
  return status === 400 || status === 404
    ? 'No route or operation takes the call, or something in front of the guard throws. Return the parameters, arguments, host or version that it needs from argsFor.'
    : `Another guard, a middleware or something else in front of the guard ends the call. ${OVERRIDE}`;
}
