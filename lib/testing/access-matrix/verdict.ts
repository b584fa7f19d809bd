import type { DescribedHandler } from '../../audit/describe-access.js';
import type { CallResult, EntryPoint } from './entry-points/entry-point.js';
import type { ServerResponse } from './entry-points/application-server.js';
import { isCallOf } from './is-call-of.js';
import {
  causeInOwnGuard,
  causeOfAccess,
  causeOfAnswer,
  causeOfRejection,
  EARLY_RESPONSE,
  OTHER_HANDLER,
} from './likeliest-causes.js';
import type { CalledHandler, ObservedDecision } from './probed-call.js';
import { withoutCredentials, type TestCaller } from './test-caller.js';

/** A difference between a handler and its description. */
export interface Finding {
  readonly handler: DescribedHandler;
  /** The name of the way to the handler. */
  readonly name: string;
  /** The rest of a sentence that begins with the name, such as `allows`. */
  readonly problem: string;
  /** The caller, as the end of the same sentence; `undefined` if the problem does not depend on the caller. */
  readonly caller?: string;
  /** What was sent and what came back, if a call shows the problem. */
  readonly exchange?: string;
  /** The likeliest cause, and what to do. */
  readonly advice: string;
}

/** What one call shows. */
export interface Verdict {
  readonly finding?: Finding;
  /** Why the call does not show whether the rule is enforced. */
  readonly untried?: string;
  /** Whether the call shows something about the rule. */
  readonly isConclusive?: boolean;
  /** Whether further calls will end in the same way. */
  readonly isHopeless?: boolean;
}

/** What the handler reads by functions of the application, so that only the application knows what calls need. */
interface OwnFunctions {
  readonly findsToken: boolean;
  readonly findsOrg: boolean;
}

type Fault = Omit<Finding, 'handler' | 'name'>;

/** Compares how far a call came with the description of the handler. */
export function verdictOn(
  { handler, name }: EntryPoint,
  caller: TestCaller,
  result: CallResult,
  own: OwnFunctions,
): Verdict {
  const exchange = exchangeInWords(result, caller);
  const found = (fault: Fault): Verdict => ({
    isConclusive: true,
    finding: { handler, name, exchange, ...fault },
  });
  const isOfHandler = isCallOf(handler);
  const decisions = result.call.decisions.filter(isOfHandler);
  const isReached = result.call.reached.some(isOfHandler);
  const { guardedBy } = handler.access;
  // The guard of this package lets everyone through to the application's own guard.
  const passed = guardedBy === undefined && decisions.some(({ isAllowed }) => isAllowed);
  if (isReached || passed) {
    if (caller.mayCall) return { isConclusive: true };
    const advice =
      guardedBy === undefined ? causeOfAccess(decisions) : causeInOwnGuard(guardedBy.name);
    return found({ problem: 'allows', caller: caller.what, advice });
  }
  const [decision] = decisions;
  if (decision !== undefined) {
    return caller.mayCall
      ? verdictOnRejection(caller, decision, own, exchange, found)
      : { isConclusive: true };
  }
  return verdictWithoutDecision(handler, caller, result, exchange, found);
}

/** A rejection of a caller who may call. */
function verdictOnRejection(
  { what }: TestCaller,
  { reason = 'error', error }: ObservedDecision,
  own: OwnFunctions,
  exchange: string,
  found: (fault: Fault) => Verdict,
): Verdict {
  const cause = causeOfRejection(reason, error);
  const isUnknown =
    (reason === 'error' && error === undefined) ||
    (cause.about === 'token' && own.findsToken) ||
    (cause.about === 'organization' && own.findsOrg);
  if (isUnknown) return { untried: `${exchange}. ${cause.advice}` };
  return found({ problem: 'rejects', caller: `${what} (${reason})`, advice: cause.advice });
}

function verdictWithoutDecision(
  handler: DescribedHandler,
  { what, mayCall, credentials }: TestCaller,
  { call, response }: CallResult,
  exchange: string,
  found: (fault: Fault) => Verdict,
): Verdict {
  const other = [...call.reached, ...call.decisions].find((called) => !call.isOnTheWay(called));
  if (other !== undefined) {
    const problem = `is not reached: ${nameOf(other)} answers instead.`;
    return found({ problem, advice: OTHER_HANDLER });
  }
  // Of two tokens, something in front of the guard sees only the first, and may know its user.
  if (
    !mayCall &&
    credentials.tokens.length < 2 &&
    response !== undefined &&
    response.status < 300
  ) {
    const problem = 'gets a response before the guard decides, when called by';
    return found({ problem, caller: what, advice: EARLY_RESPONSE });
  }
  // The application's own guard rejected a caller who lacks its credential.
  const isRejected = response?.status === 401 || response?.status === 403;
  if (handler.access.guardedBy !== undefined && isRejected) return { isConclusive: true };
  const isHopeless = response === undefined || response.status === 429;
  return { untried: `${exchange}. ${causeOfAnswer(handler, response?.status)}`, isHopeless };
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
