import type { DescribedHandler } from '../../audit/access-descriptions.js';
import {
  adviceOnAccess,
  adviceOnOtherCaller,
  adviceOnRejection,
  adviceOnResponse,
  EARLY_RESPONSE,
  OTHER_HANDLER,
  RATE_LIMIT,
} from './advice.js';
import { CannotCall } from './cannot-call.js';
import type { CallResult, EntryPoint } from './entry-points/entry-point.js';
import { untriedFault, type Fault, type Finding } from './finding.js';
import { isCallOf } from './is-call-of.js';
import type { CalledHandler } from './probed-call.js';
import { withoutCredentials, type TestCaller } from './test-caller.js';

/**
 * Compares how far a call came with the description of the handler.
 *
 * @returns `undefined` for a call that ended as described
 * @throws {CannotCall} if a rate limiter ends the calls
 */
export function verdictOn(
  { handler, name }: EntryPoint,
  caller: TestCaller,
  result: CallResult,
): Finding | undefined {
  const fault = faultShownBy(handler, caller, result);
  return fault && { handler, name, exchange: exchangeInWords(result, caller), ...fault };
}

function faultShownBy(
  handler: DescribedHandler,
  caller: TestCaller,
  result: CallResult,
): Fault | undefined {
  const { what, mayCall, ownKind } = caller;
  const { guardedBy } = handler.access;
  const isOfHandler = isCallOf(handler);
  const decisions = result.call.decisions.filter(isOfHandler);
  // The guard of this package lets everyone through to the application's own guard.
  const isAllowed =
    result.call.reached.some(isOfHandler) ||
    (guardedBy === undefined && decisions.some((decision) => decision.isAllowed));
  if (isAllowed && !mayCall) {
    return { problem: 'allows', caller: what, advice: adviceOnAccess(decisions, guardedBy?.name) };
  }
  const [decision] = decisions;
  if (decision === undefined) {
    return isAllowed ? undefined : faultWithoutDecision(handler, caller, result);
  }
  if (mayCall && !isAllowed) {
    const { reason = 'error' } = decision;
    const advice = adviceOnRejection(decision);
    return { problem: 'rejects', caller: `${what} (${reason})`, advice };
  }
  // The call ended as described, but says nothing about the rule if its caller is another one.
  if (ownKind === undefined || ownKind === decision.callerKind) return undefined;
  return { problem: 'was not tried as', caller: what, advice: adviceOnOtherCaller(ownKind) };
}

function faultWithoutDecision(
  { access: { guardedBy } }: DescribedHandler,
  { what, mayCall, credentials }: TestCaller,
  { call, response }: CallResult,
): Fault | undefined {
  const other = call.reached[0] ?? call.decisions[0];
  if (other !== undefined) {
    return { problem: `is not reached: ${nameOf(other)} answers instead.`, advice: OTHER_HANDLER };
  }
  // Of two tokens, something in front of the guard sees only the first, and may know its user.
  const isStranger = !mayCall && credentials.tokens.length < 2;
  const { status } = response ?? {};
  if (isStranger && status !== undefined && status < 300) {
    const problem = 'gets a response before the guard decides, when called by';
    return { problem, caller: what, advice: EARLY_RESPONSE };
  }
  // Of the later callers, none would be decided about.
  if (status === 429) throw new CannotCall(RATE_LIMIT);
  // The application's own guard rejected a caller who lacks its credential.
  if (guardedBy !== undefined && (status === 401 || status === 403)) return undefined;
  return untriedFault(adviceOnResponse(status));
}

function nameOf({ controller, handler }: CalledHandler): string {
  return `${controller.name}.${handler.name || '(a function without a name)'}`;
}

/** An application may repeat credentials in its response. */
function exchangeInWords(
  { request, response, call }: CallResult,
  { what, credentials }: TestCaller,
): string {
  const answer =
    response === undefined
      ? 'the connection was closed'
      : `the response was ${response.status} ${response.statusText}`.trim();
  const received = call.reached.length > 0 ? 'the handler was reached' : answer;
  return withoutCredentials(
    `Sent ${request.method} ${request.path} as ${what}; ${received}`,
    credentials,
  );
}
