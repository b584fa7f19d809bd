import type { DescribedHandler } from '../../audit/access-descriptions.js';
import type { CallResult, EntryPoint } from './entry-points/entry-point.js';
import type { ServerResponse } from './entry-points/application-server.js';
import { untriedFault, type Fault, type Finding } from './finding.js';
import { isCallOf } from './is-call-of.js';
import {
  causeInOwnGuard,
  causeOfAccess,
  causeOfAnswer,
  causeOfOtherCaller,
  causeOfRejection,
  EARLY_RESPONSE,
  OTHER_HANDLER,
} from './likeliest-causes.js';
import type { CalledHandler, ObservedDecision } from './probed-call.js';
import { withoutCredentials, type TestCaller } from './test-caller.js';

/** What one call shows. */
interface Verdict {
  readonly finding?: Finding;
  /** Why the call does not show whether the rule is enforced. */
  readonly untried?: Finding;
  /** Whether further calls will end in the same way. */
  readonly isHopeless?: boolean;
}

/** What the handler reads by functions of the application, so that only the application knows what calls need. */
interface OwnFunctions {
  readonly findsToken: boolean;
  readonly findsOrg: boolean;
}

/** A call that shows nothing, and the likeliest reason. */
interface Nothing {
  readonly reason: string;
  readonly isHopeless: boolean;
}

/** Compares how far a call came with the description of the handler. */
export function verdictOn(
  { handler, name }: EntryPoint,
  caller: TestCaller,
  result: CallResult,
  own: OwnFunctions,
): Verdict {
  const shown = shownBy(handler, caller, result, own);
  if (shown === undefined) return {};
  const at = { handler, name, exchange: exchangeInWords(result, caller) };
  if ('problem' in shown) return { finding: { ...at, ...shown } };
  return { untried: { ...at, ...untriedFault(shown.reason) }, isHopeless: shown.isHopeless };
}

/** @returns `undefined` for a call that ended as described */
function shownBy(
  handler: DescribedHandler,
  caller: TestCaller,
  result: CallResult,
  own: OwnFunctions,
): Fault | Nothing | undefined {
  const isOfHandler = isCallOf(handler);
  const decisions = result.call.decisions.filter(isOfHandler);
  const { guardedBy } = handler.access;
  // The guard of this package lets everyone through to the application's own guard.
  const isAllowed =
    result.call.reached.some(isOfHandler) ||
    (guardedBy === undefined && decisions.some((decision) => decision.isAllowed));
  if (isAllowed && !caller.mayCall) {
    const advice =
      guardedBy === undefined ? causeOfAccess(decisions) : causeInOwnGuard(guardedBy.name);
    return { problem: 'allows', caller: caller.what, advice };
  }
  const [decision] = decisions;
  if (decision === undefined) {
    return isAllowed ? undefined : shownWithoutDecision(handler, caller, result);
  }
  if (caller.mayCall && !isAllowed) return shownByRejection(caller, decision, own);
  // The call ended as described, but says nothing about the rule if its caller is another one.
  const { ownKind, what } = caller;
  if (ownKind === undefined || ownKind === decision.callerKind) return undefined;
  return { problem: 'was not tried as', caller: what, advice: causeOfOtherCaller(ownKind) };
}

/** The guard rejected a caller who may call. */
function shownByRejection(
  { what }: TestCaller,
  { reason = 'error', error }: ObservedDecision,
  own: OwnFunctions,
): Fault | Nothing {
  const { advice, about } = causeOfRejection(reason, error);
  const isUnknown =
    (reason === 'error' && error === undefined) ||
    (about === 'token' && own.findsToken) ||
    (about === 'organization' && own.findsOrg);
  if (isUnknown) return { reason: advice, isHopeless: false };
  return { problem: 'rejects', caller: `${what} (${reason})`, advice };
}

function shownWithoutDecision(
  handler: DescribedHandler,
  { what, mayCall, credentials }: TestCaller,
  { call, response }: CallResult,
): Fault | Nothing | undefined {
  const other = call.reached[0] ?? call.decisions[0];
  if (other !== undefined) {
    return { problem: `is not reached: ${nameOf(other)} answers instead.`, advice: OTHER_HANDLER };
  }
  const { status } = response ?? {};
  // Of two tokens, something in front of the guard sees only the first, and may know its user.
  const isStranger = !mayCall && credentials.tokens.length < 2;
  if (isStranger && status !== undefined && status < 300) {
    const problem = 'gets a response before the guard decides, when called by';
    return { problem, caller: what, advice: EARLY_RESPONSE };
  }
  // The application's own guard rejected a caller who lacks its credential.
  const isRejected = status === 401 || status === 403;
  if (handler.access.guardedBy !== undefined && isRejected) return undefined;
  const isHopeless = status === undefined || status === 429;
  return { reason: causeOfAnswer(handler, status), isHopeless };
}

function nameOf({ controller, handler }: CalledHandler): string {
  return `${controller.name}.${handler.name || '(a function without a name)'}`;
}

/** An application may repeat credentials in its response. */
function exchangeInWords(
  { sent, response, call }: CallResult,
  { what, credentials }: TestCaller,
): string {
  const received = call.reached.length > 0 ? 'the handler was reached' : responseInWords(response);
  return withoutCredentials(`Sent ${sent} as ${what}; ${received}`, credentials);
}

function responseInWords(response: ServerResponse | undefined): string {
  if (response === undefined) return 'there was no complete response within 3 s';
  return `the response was ${response.status} ${response.statusText}`.trim();
}
