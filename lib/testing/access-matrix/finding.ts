import type { DescribedHandler } from '../../startup/access-descriptions.js';
import { adviceOnUncheckedOrgs, uncheckedOrgInWords } from '../../startup/checks/unchecked-orgs.js';

/** A problem of a handler. */
export interface Fault {
  /** The rest of a sentence that begins with the name of the handler, such as `allows`. */
  readonly problem: string;
  /** The caller, as the end of the same sentence; `undefined` if the problem does not depend on the caller. */
  readonly caller?: string;
  /** What was sent and what came back, if a call shows the problem. */
  readonly exchange?: string;
  /** The likeliest cause, and what to do. */
  readonly advice: string;
  /** Whether it only says why the handler was not tried. */
  readonly isUntried?: true;
}

/** A difference between a handler and its description, or why there is nothing to compare. */
export interface Finding extends Fault {
  readonly handler: DescribedHandler;
}

/** The fault of a handler that could not be tried. */
export function untriedFault(advice: string): Fault {
  return { problem: 'was not tried.', advice, isUntried: true };
}

/** A handler cannot be called. The message says why, and what `toHold()` needs. */
export class CannotCall extends Error {}

/** Problems that the description shows without a call. */
export function findingsWithoutCalls(handler: DescribedHandler): Finding[] {
  const { access, description } = handler;
  if (access.access === 'open') {
    const advice =
      'Add an access decorator (@Public() if everyone may call it), or list it in except.';
    return [{ handler, problem: 'is open: it has no access decorator.', advice }];
  }
  const { uncheckedOrg } = description;
  if (uncheckedOrg === undefined || uncheckedOrg.isMeant) return [];
  const problem = uncheckedOrgInWords(access, uncheckedOrg.sources);
  return [{ handler, problem, advice: adviceOnUncheckedOrgs([access]) }];
}
