import type { DescribedHandler } from '../../startup/access-descriptions.js';
import type { AuditedApplication } from '../../startup/application/audited-application.js';
import { loaderOfSource } from '../../options/org-of.js';
import type { TokenSource } from '../../options/token-source.interface.js';
import { applicationRule } from '../../rules/application/application-rule.js';
import { orgRule } from '../../rules/org/org-rule.js';
import { combinedOf } from '../../rules/policy.js';
import { builtInTokenSourceOf } from '../../transports/built-in-token-sources.js';
import type { TestAccounts } from './callers/test-accounts.js';
import { testCallersOf } from './callers/test-callers.js';
import type { CallParts, EntryPoint } from './entry-points/entry-point.js';
import { CannotCall, untriedFault, type Fault, type Finding } from './finding.js';
import type { HoldOptions } from './hold-options.interface.js';
import type { TestCaller } from './test-caller.js';
import type { TriedHandler } from './tried-branches.js';
import { verdictOn } from './verdict.js';

const ALL_ANSWERED = 'Something responds to every caller before the guard decides.';
const UNREACHABLE =
  'No route and no GraphQL endpoint leads to it. If clients can call it, test it with one.';
const UNKNOWN_ORG =
  'Your own source finds its organization. Return the id of the organization from orgFor, and the values that the source reads from argsFor.';

/** Calls one handler as all callers that its rule distinguishes. */
export async function tryHandler(
  { kinds, options: { tokenSource } }: AuditedApplication,
  handler: TriedHandler,
  entryPoints: readonly EntryPoint[],
  accounts: TestAccounts,
  options: HoldOptions,
): Promise<Finding[]> {
  const faults: Fault[] = [];
  const orgId = options.orgFor?.(handler.description);
  const org = orgId === undefined ? accounts.ownOrg : accounts.org(orgId);
  const tokenCookie = tokenCookieOf(handler, tokenSource);
  const partsFor = async (caller: TestCaller): Promise<CallParts> => {
    const { token } = caller.credentials;
    const named = { ...(token !== undefined && { token }), orgId: org.orgId };
    const given = (await options.argsFor?.(handler.description, named)) ?? {};
    const isOrgKnown = orgId !== undefined || Object.keys(given).length > 0;
    if (!isOrgKnown && !isOrgRead(handler)) throw new CannotCall(UNKNOWN_ORG);
    return { ...caller, handler, tokenCookie, org, given };
  };
  try {
    const leading = entryPoints.filter((one) => one.serves(handler));
    if (leading.length === 0) throw new CannotCall(UNREACHABLE);
    const { credentials = {} } = options;
    const callers = await testCallersOf({ handler, org, accounts, kinds, credentials });
    const inWords = (one: TestCaller) => ({ ...one, what: callerInWords(handler, one) });
    const all = [...callers, ...deniedCallers(handler, callers)].map(inWords);
    for (const { call } of leading) {
      const tryAs = async (caller: TestCaller) =>
        verdictOn(handler, caller, await call(await partsFor(caller)));
      await tryAll(all, tryAs, faults);
    }
  } catch (error) {
    if (!(error instanceof CannotCall)) throw error;
    faults.push(untriedFault(error.message));
  }
  return faults.map((fault) => ({ handler, ...fault }));
}

/** Whether `toHold()` can send the organization to where the sources of a handler read it. */
function isOrgRead({ access }: DescribedHandler): boolean {
  const { sources = [] } = combinedOf(access, orgRule) ?? {};
  return sources.every((one) => one.reads !== undefined || loaderOfSource(one) !== undefined);
}

function callerInWords({ alone }: TriedHandler, { what, mayCall }: TestCaller): string {
  if (alone === undefined) return what;
  return `${what}, who meets ${mayCall ? `only '${alone}'` : 'no branch'}`;
}

async function tryAll(
  callers: readonly TestCaller[],
  tryAs: (caller: TestCaller) => Promise<Fault | undefined>,
  faults: Fault[],
): Promise<void> {
  let untried: Fault | undefined;
  let isConclusive = false;
  for (const caller of callers) {
    const fault = await tryAs(caller);
    if (fault?.isUntried !== true) {
      isConclusive = true;
      if (fault !== undefined) faults.push(fault);
      // That a caller who must not call got no further says nothing against the handler.
    } else if (caller.mayCall) untried ??= fault;
  }
  if (!isConclusive) untried ??= untriedFault(ALL_ANSWERED);
  if (untried !== undefined) faults.push(untried);
}

/** A caller whom everything else allows, for each rule of the application: the rule denies the call, and so it has to end. */
function deniedCallers({ access }: DescribedHandler, callers: readonly TestCaller[]): TestCaller[] {
  const allowed = callers.find(({ mayCall }) => mayCall);
  if (allowed === undefined) return [];
  return (combinedOf(access, applicationRule) ?? []).map(({ find }) => {
    const { name: denied } = find();
    return {
      ...allowed,
      what: `a caller whom the rule '${denied}' denies`,
      mayCall: false,
      denied,
    };
  });
}

/** The cookie in which calls of a handler have their access token; `undefined` if that is in a header. */
function tokenCookieOf({ policy }: DescribedHandler, byDefault?: TokenSource): string | undefined {
  const [source = byDefault] = policy.tokenSources;
  const reads = source && builtInTokenSourceOf(source);
  return reads?.readsHeader ? undefined : reads?.cookie;
}
