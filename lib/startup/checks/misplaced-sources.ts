import type { ApplicationHandler } from '../application/application-handlers.js';
import type { OrgSourceReads } from '../../options/org-source.interface.js';
import { isRequired, readsOf } from '../../options/org-source-description.js';
import { orgRule } from '../../rules/org/org-rule.js';
import { combinedOf } from '../../rules/policy.js';

type SourcePlace = OrgSourceReads['from'];
type CallType = ApplicationHandler['type'];

/** The places that a call has, by its transport. */
const PLACES: Record<CallType, readonly SourcePlace[]> = {
  http: ['path', 'query', 'header', 'body', 'token'],
  operation: ['argument', 'header', 'token'],
  field: ['argument', 'header', 'token'],
  reference: ['header', 'token'],
  gateway: ['message', 'header', 'token'],
  message: ['message', 'token'],
  mcp: ['message', 'token'],
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

/** Organization rules that read a place that these calls do not have. They would reject every call. */
export function findMisplacedSources({ policy, type }: ApplicationHandler): string[] {
  return readsOf(combinedOf(policy, orgRule)?.sources ?? [])
    .filter(isRequired)
    .filter(({ from }) => !PLACES[type].includes(from))
    .map(
      ({ from, name }) =>
        `The organization rule reads ${placeInWords(from, name)}, which ${CALLS[type]} does not have. Set the option org of ` +
        `the rule, for example { org: ${INSTEAD[type]} }.`,
    );
}

/** What organization rules read in each place. */
const READS: Record<SourcePlace, string> = {
  path: 'the path parameter',
  query: 'the query parameter',
  header: 'the header',
  body: 'the property of the body',
  argument: 'the argument',
  message: 'the property of the message',
  token: 'the access token',
};

function placeInWords(from: SourcePlace, name: string | undefined): string {
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
