import type { DescribedHandler } from '../../audit/describe-access.js';
import type { TestAccounts } from './callers/test-accounts.js';
import type { EntryPoint } from './entry-point.js';
import { outcomeOf } from './findings.js';
import type { HoldOptions } from './hold-options.interface.js';
import type { Finding } from './verdict.js';

/** Where so many do not answer, others won't either, and each costs the patience of the client. */
const MAXIMUM_UNANSWERED = 3;

/** What is wrong with the handlers of an application. */
export interface Review {
  readonly findings: readonly Finding[];
  /** Sentences about what is not a problem of a single handler. */
  readonly complaints: readonly string[];
}

/** Calls entry points one after the other, until too many handlers do not answer. */
export async function callEntryPoints(
  entryPoints: readonly EntryPoint[],
  accounts: TestAccounts,
  options: HoldOptions,
): Promise<Review> {
  const findings: Finding[] = [];
  const unanswered = new Set<DescribedHandler>();
  for (const [index, entryPoint] of entryPoints.entries()) {
    const outcome = await outcomeOf(entryPoint, accounts, options);
    findings.push(...outcome.findings);
    if (outcome.isUnanswered) unanswered.add(entryPoint.handler);
    if (unanswered.size === MAXIMUM_UNANSWERED) {
      return { findings, complaints: complaintsAbout(entryPoints, index + 1) };
    }
  }
  return { findings, complaints: [] };
}

/** Those from an index on were left out. A handler may have been called by another of its entry points. */
function complaintsAbout(entryPoints: readonly EntryPoint[], firstLeftOut: number): string[] {
  const called = handlersOf(entryPoints.slice(0, firstLeftOut));
  const count = handlersOf(entryPoints).size - called.size;
  if (count === 0) return [];
  const handlers = count === 1 ? 'handler was' : `${count} handlers were`;
  return [`The remaining ${handlers} not called, because ${MAXIMUM_UNANSWERED} did not respond.`];
}

function handlersOf(entryPoints: readonly EntryPoint[]): Set<DescribedHandler> {
  return new Set(entryPoints.map(({ handler }) => handler));
}
