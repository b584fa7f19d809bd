import {
  adviceOnAnswer,
  adviceOnRejection,
  DEFINED_TWICE,
  IGNORED_REJECTION,
  LOST_RULE,
  OTHER_GUARD,
  REPLACED,
  SHADOWED,
  UNANSWERED,
} from './advice.js';
import { isCallOf } from './calls-of.js';
import type { CallResult, EntryPoint, TestCaller } from './entry-point.js';
import type { CalledHandler, ObservedDecision } from './probed-call.js';

/** A difference between a handler and its description. */
export interface Finding {
  readonly entryPoint: Pick<EntryPoint, 'name' | 'handler'>;
  /** The problem: the rest of a sentence that begins with the handler's name, such as `allows`. */
  readonly problem: string;
  /** The caller, as the end of the same sentence; `undefined` if the problem does not depend on the caller. */
  readonly caller?: string;
  readonly advice: string;
}

/** The problem when the guard allows a caller that it should reject. */
export const ALLOWS = 'allows';

/** The finding of a call; `undefined` if the guard decided as described. */
export function verdictOn(
  entryPoint: EntryPoint,
  caller: TestCaller,
  result: CallResult,
): Finding | undefined {
  const found =
    faultOf(entryPoint, caller, result) ?? result.fault ?? faultOfSilence(caller, result);
  return found && { entryPoint, ...found };
}

type Fault = Omit<Finding, 'entryPoint'>;

function faultOf(
  entryPoint: EntryPoint,
  { what, mayCall }: TestCaller,
  result: CallResult,
): Fault | undefined {
  const { call } = result;
  const isOfEntryPoint = isCallOf(entryPoint);
  const decisions = call.decisions.filter(isOfEntryPoint);
  const isAllowed = decisions.some((decision) => decision.isAllowed);
  if (isAllowed || call.reached.some(isOfEntryPoint)) {
    if (mayCall) return undefined;
    return { problem: ALLOWS, caller: what, advice: adviceOnAccess(decisions) };
  }
  const [rejection] = decisions;
  if (rejection === undefined) return faultOfUnreached(entryPoint, what, result);
  return mayCall ? faultOfRejection(what, rejection) : undefined;
}

function adviceOnAccess(decisions: readonly ObservedDecision[]): string {
  if (decisions.length === 0) return LOST_RULE;
  return decisions.some(({ isAllowed }) => isAllowed) ? OTHER_GUARD : IGNORED_REJECTION;
}

/** The fault of a missing response. No other caller is tried then, so their decisions remain unknown. */
function faultOfSilence({ what }: TestCaller, { isUnanswered }: CallResult): Fault | undefined {
  if (!isUnanswered) return undefined;
  return { problem: 'does not respond to', caller: what, advice: UNANSWERED };
}

function faultOfRejection(what: string, { reason = 'error', error }: ObservedDecision): Fault {
  const advice = adviceOnRejection(reason, error);
  return { problem: 'rejects', caller: `${what} (${reason})`, advice };
}

/** A call without a decision may be allowed, so this is a fault for every caller. */
function faultOfUnreached(
  entryPoint: EntryPoint,
  what: string,
  { call, response, isUnanswered }: CallResult,
): Fault {
  const [other] = [...call.reached, ...call.decisions];
  if (other !== undefined) {
    const name = `${other.controller.name}.${other.handler.name || '(a function without a name)'}`;
    return {
      problem: `is not reached: ${name} answers instead.`,
      advice: adviceOnOther(entryPoint, other),
    };
  }
  if (isUnanswered) {
    return { problem: 'does not respond to', caller: what, advice: adviceOnAnswer(undefined) };
  }
  const answer = response === undefined ? 'ends' : `returns ${response}`;
  return {
    problem: `${answer} before its guard decides, when called by`,
    caller: what,
    advice: adviceOnAnswer(response),
  };
}

function adviceOnOther({ handler: { description, subject } }: EntryPoint, other: CalledHandler) {
  if (description.transport === 'http') return SHADOWED;
  return other.controller === subject.controller ? REPLACED : DEFINED_TWICE;
}
