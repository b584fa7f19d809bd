import { inspect } from 'node:util';
import { adviceOnUncheckedOrgs } from '../../audit/checks/unchecked-orgs.js';
import type { OrgSourceOption } from '../../options/org-source.interface.js';
import { ownKindNamesIn } from '../../rules/handler-access.js';
import { isJsonObject } from '../../values/json-object.js';
import type { TestAccounts } from './callers/test-accounts.js';
import { testCallersOf } from './callers/test-callers.js';
import {
  CannotCall,
  type CallParts,
  type CallResult,
  type EntryPoint,
  type TestCaller,
} from './entry-point.js';
import { withoutCredentials } from './hidden-credentials.js';
import { checkCallArguments, checkOrgId } from './hold-option-checks.js';
import type { CallArguments, HoldOptions } from './hold-options.interface.js';
import { ALLOWS, verdictOn, type Finding } from './verdict.js';

/** The organization that calls name. Its id is also its name, so that every source finds it. */
const ORG_ID = '0b0f7d1c-0000-4000-8000-00000000000a';

/** The result of an entry point's calls. */
interface Outcome {
  readonly findings: readonly Finding[];
  /** Whether there was no response, so that callers were left out. */
  readonly isUnanswered: boolean;
}

/**
 * Calls an entry point as all of its callers, and its side entrance as those without credentials.
 *
 * @param tokenCookie the cookie with the access token. Default: none; the token is in the standard place of the transport
 */
export async function outcomeOf(
  entryPoint: EntryPoint,
  accounts: TestAccounts,
  options: HoldOptions,
  tokenCookie?: string,
): Promise<Outcome> {
  const { description, access } = entryPoint.handler;
  if (access.access === 'open') {
    const problem = 'is open: it has no access decorator.';
    return answered([finding(entryPoint, problem, OPEN_ADVICE)]);
  }
  // The library that it is from decides about its callers.
  if (access.access === 'exempt') return answered([]);
  const orgId = checkOrgId(options.orgFor?.(description), description.name);
  const org = accounts.org(orgId ?? ORG_ID);
  const findings = [...findUncheckedOrg(entryPoint), ...findUntried(entryPoint)];
  if (findings.some(({ problem }) => problem === UNTRIED)) return answered(findings);
  try {
    for (const caller of await testCallersOf(entryPoint.handler, org, accounts)) {
      const given = argumentsFor(entryPoint, caller, org.orgId, options);
      assertFindable(access.orgSources, orgId, given);
      const credentials = { ...caller.credentials, ...(tokenCookie && { tokenCookie }) };
      const parts = { credentials, org, orgs: caller.orgs, given };
      if (!canMake(entryPoint, parts)) continue;
      const result = withHiddenCredentials(await entryPoint.call(parts), parts);
      const found = verdictOn(entryPoint, caller, result);
      if (found !== undefined) findings.push(found);
      if (result.isUnanswered) return { findings, isUnanswered: true };
      if (found === undefined && isRejectedStranger(caller)) {
        findings.push(...(await findingsBeside(entryPoint, caller, parts)));
      }
    }
  } catch (error) {
    if (!(error instanceof CannotCall)) throw error;
    findings.push(finding(entryPoint, 'cannot be called.', error.message));
  }
  return answered(findings);
}

/** Calls cannot show an unchecked organization: the guard decides as the rule says. */
function findUncheckedOrg(entryPoint: EntryPoint): Finding[] {
  const { description, access } = entryPoint.handler;
  if (description.uncheckedOrg === undefined || description.uncheckedOrg.isMeant) return [];
  const places = description.uncheckedOrg.sources.join(' and ');
  const problem = `names an organization (${places}) and does not check it.`;
  return [finding(entryPoint, problem, adviceOnUncheckedOrgs([access]))];
}

/** The package has no credentials of the application's own kinds of callers. */
function findUntried(entryPoint: EntryPoint): Finding[] {
  if (ownKindNamesIn(entryPoint.handler.access.access).length === 0) return [];
  return [finding(entryPoint, UNTRIED, 'Call it in a test of your own, and list it in except.')];
}

const UNTRIED =
  'was not tried: it accepts callers of your own kinds, whose credentials toHold() does not have.';

function answered(findings: readonly Finding[]): Outcome {
  return { findings, isUnanswered: false };
}

function isRejectedStranger({ credentials, mayCall }: TestCaller): boolean {
  return !mayCall && Object.keys(credentials).length === 1 && credentials.tokens.length === 0;
}

/** Only an allowed call counts: the side entrance may lead to another handler, or to none. */
async function findingsBeside(
  { sideEntrance }: EntryPoint,
  caller: TestCaller,
  parts: CallParts,
): Promise<Finding[]> {
  if (sideEntrance === undefined) return [];
  const beside = verdictOn(sideEntrance, caller, await sideEntrance.call(parts));
  return beside?.problem === ALLOWS ? [beside] : [];
}

/** Removes credentials from the response, because an application may repeat its input. */
function withHiddenCredentials(result: CallResult, { credentials }: CallParts): CallResult {
  const { response } = result;
  if (response === undefined) return result;
  return { ...result, response: withoutCredentials(response, credentials) };
}

const OPEN_ADVICE =
  'Add an access decorator (@Public() if everyone may call it), or list it in except.';

function finding(entryPoint: EntryPoint, problem: string, advice: string): Finding {
  return { entryPoint, problem, advice };
}

function argumentsFor(
  { handler: { description }, version }: EntryPoint,
  { credentials: { tokens } }: TestCaller,
  orgId: string,
  { argsFor }: HoldOptions,
): CallArguments {
  const credentials = { token: tokens[0], orgId, version };
  return checkCallArguments(argsFor?.(description, credentials), description.name);
}

/** @throws {CannotCall} if only the application knows how a call names the organization */
function assertFindable(
  sources: readonly OrgSourceOption[],
  orgId: string | undefined,
  given: CallArguments,
): void {
  const isKnown = orgId !== undefined || Object.keys(given).length > 0;
  if (isKnown || sources.every(({ reads }) => reads !== undefined)) return;
  throw new CannotCall(
    'Your own source finds its organization. Return the id of the organization from orgFor, and the values that the ' +
      'source reads from argsFor.',
  );
}

/** Whether the caller's call can be made. Values from `argsFor` are sent unchanged, and may take the place of the caller's own. */
function canMake(entryPoint: EntryPoint, parts: CallParts): boolean {
  const { handler, takesOneToken } = entryPoint;
  const { credentials, orgs, given } = parts;
  const [token, ...others] = credentials.tokens;
  if (others.length > 0 && (takesOneToken || mentions(given, String(token)))) return false;
  return orgs === undefined || !handler.access.orgSources.some((source) => isGiven(source, given));
}

/** Whether arguments contain a token. The context is skipped: only message handlers have one, and they take one token. */
function mentions({ context: _context, ...given }: CallArguments, token: string): boolean {
  const everything = { depth: Infinity, maxArrayLength: null, maxStringLength: null };
  return inspect(given, everything).includes(token);
}

function isGiven({ reads }: OrgSourceOption, given: CallArguments): boolean {
  const { params, query, headers, body, args, data } = given;
  switch (reads?.from) {
    case 'path':
      return hasName(params, reads.name);
    case 'query':
      return hasName(query, reads.name);
    case 'header':
      return hasName(headers, reads.name);
    case 'body':
      return body !== undefined;
    case 'argument':
      return args !== undefined;
    case 'message':
      // If the data is an object, the organization is added to it.
      return isJsonObject(data) ? hasName(data, reads.name?.split('.')[0]) : data !== undefined;
    default:
      return false;
  }
}

function hasName(values: object | undefined, name = ''): boolean {
  return Object.keys(values ?? {}).some((key) => key.toLowerCase() === name.toLowerCase());
}
