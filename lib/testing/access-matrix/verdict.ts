import { isCallOf } from './calls-of.js';
import type { CallResult, EntryPoint, TestCaller } from './entry-point.js';
import type { ObservedDecision } from './probed-call.js';

/** What a call shows about an entry point; `undefined` where all is as described. */
export interface Finding {
  readonly entryPoint: EntryPoint;
  /** What is wrong, as a sentence without its subject, such as `lets in a caller without credentials.` */
  readonly what: string;
}

/** Whether the guard did with a caller as described. */
export function verdictOn(
  entryPoint: EntryPoint,
  caller: TestCaller,
  result: CallResult,
): Finding | undefined {
  const fault = caller.mayCall
    ? faultOfRejection(entryPoint, caller, result)
    : faultOfAdmission(entryPoint, caller, result);
  const what = fault ?? result.fault;
  return what === undefined ? undefined : { entryPoint, what };
}

function faultOfAdmission(
  entryPoint: EntryPoint,
  { what }: TestCaller,
  { call }: CallResult,
): string | undefined {
  const isLetIn =
    call.reached.some(isCallOf(entryPoint)) ||
    decisionsOn(entryPoint, call.decisions).some(({ isAllowed }) => isAllowed);
  return isLetIn ? `lets in ${what}.` : undefined;
}

function faultOfRejection(
  entryPoint: EntryPoint,
  { what }: TestCaller,
  { call, response }: CallResult,
): string | undefined {
  const decisions = decisionsOn(entryPoint, call.decisions);
  if (call.reached.some(isCallOf(entryPoint)) || decisions.some(({ isAllowed }) => isAllowed)) {
    return undefined;
  }
  const [rejection] = decisions;
  if (rejection !== undefined) return `rejects ${what} (${rejection.reason}).`;
  const [other] = [...call.reached, ...call.decisions];
  if (other !== undefined) {
    return `is not what its call reaches: ${other.controller.name}.${other.handler.name} is.`;
  }
  return `is not reached by ${what}: something before its guard answers${response === undefined ? '' : ` ${response}`}.`;
}

function decisionsOn(entryPoint: EntryPoint, decisions: readonly ObservedDecision[]) {
  return decisions.filter(isCallOf(entryPoint));
}
