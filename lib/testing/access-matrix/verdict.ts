import type { DescribedHandler } from '../../startup/access-descriptions.js';
import { isSameClass, isSameHandler } from '../../rules/declared-method.js';
import {
  adviceOnAccess,
  adviceOnOtherCaller,
  adviceOnRejection,
  adviceOnResponse,
  EARLY_RESPONSE,
  OTHER_HANDLER,
  RATE_LIMIT,
} from './advice.js';
import type { CallResult } from './entry-points/entry-point.js';
import { CannotCall, untriedFault, type Fault, type Finding } from './finding.js';
import type { CalledHandler } from './probed-call.js';
import type { TestCaller } from './test-caller.js';

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
): Finding | undefined {
  const fault = faultShownBy(handler, caller, result);
  return fault && { handler, exchange: exchangeInWords(result, caller), ...fault };
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
    const advice = adviceOnRejection(reason);
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
    return {
      problem: `is not reached: ${other.controller.name}.${other.handler.name} answers instead.`,
      advice: OTHER_HANDLER,
    };
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
