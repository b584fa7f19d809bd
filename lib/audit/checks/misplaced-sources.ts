import type { OrgSourceReads } from '../../options/org-source.interface.js';
import { requiredReadsOf } from '../../options/org-source-description.js';
import type { HandlerKind } from '../../transport/handler-kinds.js';
import type { Policy } from '../../rules/policy.js';

type Place = OrgSourceReads['from'];

/** What a call has, by the way that it reaches its handler. */
const PLACES: Record<HandlerKind | 'http', readonly Place[]> = {
  http: ['path', 'query', 'header', 'body', 'token'],
  operation: ['argument', 'header', 'token'],
  field: ['argument', 'header', 'token'],
  reference: ['header', 'token'],
  gateway: ['message', 'header', 'token'],
  message: ['message', 'token'],
  mcp: ['message', 'token'],
};

const INSTEAD: Record<HandlerKind | 'http', string> = {
  http: 'orgFromParam()',
  operation: 'orgFromArgs()',
  field: 'orgFromArgs()',
  reference: 'activeOrg()',
  gateway: 'orgFromMessage()',
  message: 'orgFromMessage()',
  mcp: 'orgFromMessage()',
};

/** Organization rules that look where such calls have nothing: they would refuse everyone. */
export function findMisplacedSources(policy: Policy, kind: HandlerKind | 'http'): string[] {
  return requiredReadsOf(policy.orgSources)
    .filter(({ from }) => !PLACES[kind].includes(from))
    .map(
      ({ from, name }) =>
        `The organization is looked for in ${[from, name && `"${name}"`].filter(Boolean).join(' ')}, which ${CALLS[kind]} ` +
        `does not have; say where it is named, such as { org: ${INSTEAD[kind]} }.`,
    );
}

const CALLS: Record<HandlerKind | 'http', string> = {
  http: 'an HTTP request',
  operation: 'a GraphQL operation',
  field: 'a GraphQL field',
  reference: 'a GraphQL reference',
  gateway: 'a WebSocket message',
  message: 'a message of a microservice',
  mcp: 'a call of an MCP client',
};
