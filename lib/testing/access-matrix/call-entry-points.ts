import type { DescribedHandler } from '../../audit/describe-access.js';
import type { TestAccounts } from './callers/test-accounts.js';
import type { EntryPoint } from './entry-point.js';
import { outcomeOf } from './findings.js';
import type { HoldOptions } from './hold-options.interface.js';
import type { TokenPlaces } from './test-token-places.js';
import type { Finding } from './verdict.js';

/** After this many handlers without a response, calling stops: others will not respond either, and each costs a timeout. */
const MAXIMUM_UNANSWERED = 3;

/** The problems of an application's handlers. */
export interface Review {
  readonly findings: readonly Finding[];
  /** Sentences about problems that do not belong to a single handler. */
  readonly complaints: readonly string[];
}

/** Calls entry points one after the other, until too many handlers do not respond. */
export async function callEntryPoints(
  entryPoints: readonly EntryPoint[],
  accounts: TestAccounts,
  options: HoldOptions,
  tokenPlaces: TokenPlaces,
): Promise<Review> {
  const findings: Finding[] = [];
  const unanswered = new Set<DescribedHandler>();
  for (const [index, entryPoint] of entryPoints.entries()) {
    const tokenCookie = tokenPlaces.cookieOf(entryPoint.handler);
    const outcome = await outcomeOf(entryPoint, accounts, options, tokenCookie);
    findings.push(...outcome.findings);
    if (outcome.isUnanswered) unanswered.add(entryPoint.handler);
    if (unanswered.size === MAXIMUM_UNANSWERED) {
      return { findings, complaints: complaintsAbout(entryPoints, index + 1) };
    }
  }
  return { findings, complaints: [] };
}

/** The complaint about entry points that were left out, from an index on. Their handlers may have been called by other entry points. */
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
