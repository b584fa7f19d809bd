import { isSameHandler } from '../../rules/declared-method.js';
import {
  adviceOnAnswer,
  adviceOnRejection,
  DEFINED_TWICE,
  LOST_RULE,
  OTHER_GUARD,
  REPLACED,
  SHADOWED,
  UNANSWERED,
} from './advice.js';
import type { CallResult, EntryPoint, TestCaller } from './entry-point.js';
import type { CalledHandler, ObservedDecision } from './probed-call.js';

/** Something that is not as described. */
export interface Finding {
  readonly entryPoint: Pick<EntryPoint, 'name' | 'handler'>;
  /** What is wrong, as what a sentence says of the handler, such as `lets in`. */
  readonly problem: string;
  /** Of which caller; `undefined` where it is the same for all. */
  readonly caller?: string;
  /** What to look at. */
  readonly advice: string;
}

/** What a call shows about an entry point; `undefined` where the guard did as described. */
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
  const isOfEntryPoint = isOf(entryPoint);
  const decisions = call.decisions.filter(isOfEntryPoint);
  const isAllowed = decisions.some((decision) => decision.isAllowed);
  if (isAllowed || call.reached.some(isOfEntryPoint)) {
    if (mayCall) return undefined;
    return { problem: 'lets in', caller: what, advice: isAllowed ? OTHER_GUARD : LOST_RULE };
  }
  const [rejection] = decisions;
  if (rejection === undefined) return faultOfUnreached(entryPoint, what, result);
  return mayCall ? faultOfRejection(what, rejection) : undefined;
}

/** No other caller is tried then, so that nothing shows what the guard decides about them. */
function faultOfSilence({ what }: TestCaller, { isUnanswered }: CallResult): Fault | undefined {
  if (!isUnanswered) return undefined;
  return { problem: 'does not answer', caller: what, advice: UNANSWERED };
}

function faultOfRejection(what: string, { reason = 'error' }: ObservedDecision): Fault {
  return { problem: 'rejects', caller: `${what} (${reason})`, advice: adviceOnRejection(reason) };
}

/** Whom the guard did not decide about, it may let in. */
function faultOfUnreached(
  entryPoint: EntryPoint,
  what: string,
  { call, response, isUnanswered }: CallResult,
): Fault {
  const [other] = [...call.reached, ...call.decisions];
  if (other !== undefined) {
    const name = `${other.controller.name}.${other.handler.name || '(a function without a name)'}`;
    return {
      problem: `is not what its call reaches: ${name} answers.`,
      advice: adviceOnOther(entryPoint, other),
    };
  }
  if (isUnanswered) {
    return { problem: 'does not answer', caller: what, advice: adviceOnAnswer(undefined) };
  }
  const answer = response === undefined ? 'is ended' : `gets ${response}`;
  return {
    problem: `${answer} before its guard decides, when it is called by`,
    caller: what,
    advice: adviceOnAnswer(response),
  };
}

function adviceOnOther({ handler: { description, subject } }: EntryPoint, other: CalledHandler) {
  if (description.transport === 'http') return SHADOWED;
  return other.controller === subject.controller ? REPLACED : DEFINED_TWICE;
}

function isOf({ handler: { subject } }: EntryPoint): (called: CalledHandler) => boolean {
  return ({ controller, handler }) =>
    controller === subject.controller && isSameHandler(controller, subject.handler, handler);
}
