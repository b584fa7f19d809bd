import type { ApplicationHandler } from '../application/application-handlers.js';
import type { AuditedApplication } from '../application/audited-application.js';
import type { OrgSourceOption, OrgSourceReads } from '../../options/org-source.interface.js';
import { isBuiltInSource, isRequired } from '../../options/org-source-description.js';
import { isByIdSource } from '../../rules/org/sources/org-source.factory.js';
import { orgRule } from '../../rules/org/org-rule.js';
import { kindsOf } from '../../rules/callers.js';
import { allCombinedOf } from '../../rules/policy.js';
import type { Policies } from '../../rules/policies.js';
import { isRule, type HandlerLevels } from '../../rules/rule.js';
import { isOrgRule } from '../../rules/org/org-argument.js';
import { pathParametersOf } from '../application/path-parameters.js';

type SourcePlace = OrgSourceReads['from'];
type CallType = ApplicationHandler['type'];

/** The places that a call has, by its transport. */
const PLACES: Record<CallType, readonly SourcePlace[]> = {
  http: ['path', 'query', 'header', 'host', 'body', 'token'],
  operation: ['argument', 'header', 'host', 'token'],
  field: ['argument', 'header', 'host', 'token'],
  reference: ['header', 'host', 'token'],
  gateway: ['message', 'header', 'host', 'token'],
  message: ['message', 'token'],
  mcp: ['message', 'header', 'host', 'token'],
};

const INSTEAD: Record<CallType, string> = {
  http: 'orgFromParam()',
  operation: 'orgFromArgs()',
  field: 'orgFromArgs()',
  reference: 'activeOrg()',
  gateway: 'orgFromMessage()',
  message: 'orgFromMessage()',
  mcp: 'orgFromMessage()',
};

/** Organization rules that read a place or a parameter that these calls do not have. They would reject every call. */
export function findMisplacedSources(
  { levels, policy, type, paths }: ApplicationHandler,
  { policies }: AuditedApplication,
): string[] {
  const sources = allCombinedOf(policy, orgRule).flatMap((org) => org.sources);
  return sources.flatMap((source) => {
    const { reads } = source;
    if (reads === undefined || !isRequired(reads)) return [];
    const { from, name = '' } = reads;
    const isElsewhere = !PLACES[type].includes(from);
    const lacking =
      from === 'path' ? paths.find((path) => !pathParametersOf(path).includes(name)) : undefined;
    if (!isElsewhere && lacking === undefined) return [];
    const place = placeInWords(from, name);
    const ofModule = globalRuleWith(source, levels, policies);
    if (ofModule !== undefined) return `${ofModule} reads ${place}, ${NOT_EVERYWHERE}`;
    const problem = `The organization rule reads ${place}, which`;
    return lacking === undefined
      ? `${problem} ${CALLS[type]} does not have. Set the option org of the rule, for example { org: ${INSTEAD[type]} }.`
      : `${problem} this path does not have. ${adviceFor(source, name, lacking)}`;
  });
}

/** `activeOrg()` where the accepted kinds are own ones that say no organization. It would reject every call. */
export function findUnknownActiveOrg(
  { policy }: ApplicationHandler,
  { policies }: AuditedApplication,
): string[] {
  const names = [...kindsOf(policy.callers).keys()];
  const sources = allCombinedOf(policy, orgRule).flatMap((org) => org.sources);
  const readsToken = sources.some((one) => isBuiltInSource(one) && one.reads?.from === 'token');
  const isKnown = names.some((name) => !policies.kinds(name)?.hasNoActiveOrg);
  if (!readsToken || isKnown || names.length === 0) return [];
  const listed = names.map((name) => `'${name}'`).join(', ');
  return [
    `activeOrg() finds no organization, because none of the accepted kinds (${listed}) has activeOrgId(). Add it, or set the option org ` +
      'of the rule to another source.',
  ];
}

const NOT_EVERYWHERE =
  'which these calls do not have. Take a source that all calls have, such as orgNameFromHost(), or write the rule on the classes that have it.';

/** The decorator of the global rule that has a source. */
function globalRuleWith(
  source: OrgSourceOption,
  { global }: HandlerLevels,
  { orgSource }: Policies,
): string | undefined {
  const rules = global.rules.filter(isRule).filter(isOrgRule);
  return rules.find(({ argument }) => (argument.source ?? orgSource) === source)?.decorator;
}

/** What organization rules read in each place. */
const READS: Record<SourcePlace, string> = {
  path: 'the path parameter',
  query: 'the query parameter',
  header: 'the header',
  host: 'the host',
  body: 'the property of the body',
  argument: 'the argument',
  message: 'the property of the message',
  token: 'the access token',
};

function placeInWords(from: SourcePlace, name: string): string {
  return name ? `${READS[from]} "${name}"` : READS[from];
}

const CALLS: Record<CallType, string> = {
  http: 'an HTTP request',
  operation: 'a GraphQL operation',
  field: 'a GraphQL field',
  reference: 'a GraphQL reference',
  gateway: 'a WebSocket message',
  message: 'a message of a microservice',
  mcp: 'a call of an MCP client',
};

/** A source that looks the organization up must keep doing so: an organization that the caller names would be another rule. */
function adviceFor(source: OrgSourceOption, name: string, path: string): string {
  if (!isBuiltInSource(source)) {
    return `Add :${name} to the path, or correct the name in the reads of the source.`;
  }
  if (!isByIdSource(source)) return `Add :${name} to the path.`;
  const orgId = orgIdIn(path);
  return orgId === undefined
    ? `Add :${name} to the path, or name the place of the id, as in { org: orgFromQuery('${name}') }.`
    : `Add { org: orgFromParam('${orgId}') } to the rule.`;
}

const ORG_ID = /^(?:org|organi[sz]ation|tenant|team|workspace)(?:_?id)?$/i;
const ID_OF_ORG = /\/(?:orgs|organi[sz]ations|tenants|teams|workspaces)\/:(id)(?=\/|$)/i;

/** The parameter of a path that is the id of an organization, by its name or by the segment before it. */
function orgIdIn(path: string): string | undefined {
  return pathParametersOf(path).find((name) => ORG_ID.test(name)) ?? ID_OF_ORG.exec(path)?.[1];
}
