import type { DescribedHandler } from '../../../audit/describe-access.js';
import type { AccessProbe } from '../access-probe.js';
import type { CallParts, CallResult, EntryPoint } from '../entry-point.js';
import { ProbedCall } from '../probed-call.js';
import type { ApplicationServer } from '../http/application-server.js';
import { sendOperation } from './graphql-client.js';
import type { GraphqlEndpoint } from './graphql-endpoints.js';
import { argumentsFor, argumentsOfOrg } from './operation-arguments.js';
import { operationDocument } from './operation-document.js';
import { requestHeadersFor } from './operation-headers.js';
import { isNonNull, type GraphqlField } from './schema-parts.js';

/** The names of the field in the response: one call with the tested organization, one with an organization that no caller is in. */
const OWN = 'own';
const ANOTHER = 'another';

/** An organization that no caller is in. */
const FOREIGN_ORG_ID = '0b0f7d1c-0000-4000-8000-00000000000f';

const SECOND_ALIAS = {
  problem: 'lets callers reach another organization by a second alias of the operation.',
  advice:
    'The decision is made once per request instead of once per alias. Check what replaces PropelAuthGuard.',
};

type Aliases = Record<string, Record<string, unknown>>;

/**
 * A query or mutation, called by requests to its endpoint. If an argument names the organization, each request calls the field again under
 * a second alias, with an organization that no caller may reach.
 */
export class OperationEntryPoint implements EntryPoint {
  constructor(
    readonly handler: DescribedHandler,
    readonly name: string,
    private readonly type: 'query' | 'mutation',
    private readonly field: GraphqlField,
    private readonly endpoint: GraphqlEndpoint,
    private readonly server: ApplicationServer,
    private readonly probe: AccessProbe,
  ) {}

  async call(parts: CallParts): Promise<CallResult> {
    const args = argumentsFor(this.field, this.handler, parts);
    const foreign = argumentsOfOrg(args, this.handler, FOREIGN_ORG_ID);
    const requests = foreign === undefined ? [{ [OWN]: args }] : this.withAliases(args, foreign);
    const calls = new ProbedCall();
    const responses: (string | undefined)[] = [];
    for (const aliases of requests) {
      const { call, response } = await this.send(aliases, parts);
      calls.decisions.push(...call.decisions);
      calls.reached.push(...call.reached);
      responses.push(response);
    }
    const fault = isLetIn(callOf(calls, ANOTHER)) ? SECOND_ALIAS : undefined;
    const isUnanswered = responses.includes(undefined) || undefined;
    return { call: callOf(calls, OWN), response: responses[0], isUnanswered, fault };
  }

  /** The aliases of each request. Mutations run in sequence and stop at an error of a non-null field, so each alias is once the first. */
  private withAliases(args: Record<string, unknown>, foreign: Record<string, unknown>): Aliases[] {
    const ownFirst = { [OWN]: args, [ANOTHER]: foreign };
    const stopsAtError = this.type === 'mutation' && isNonNull(this.field.type);
    return stopsAtError ? [ownFirst, { [ANOTHER]: foreign, [OWN]: args }] : [ownFirst];
  }

  private async send(aliases: Aliases, parts: CallParts) {
    const document = operationDocument(this.type, this.field, aliases);
    const headers = requestHeadersFor(this.handler, parts);
    let response: string | undefined;
    const call = await this.probe.operation(async (probeHeaders) => {
      const all = { ...headers, ...probeHeaders };
      response = await sendOperation(this.server, this.endpoint.path, document, all);
    });
    return { call, response };
  }
}

/** The part of a call that belongs to one alias. */
function callOf({ decisions, reached }: ProbedCall, alias: string): ProbedCall {
  const call = new ProbedCall();
  call.decisions.push(...decisions.filter(({ rootKey }) => rootKey === alias));
  call.reached.push(...reached.filter(({ rootKey }) => rootKey === alias));
  return call;
}

function isLetIn({ decisions, reached }: ProbedCall): boolean {
  return reached.length > 0 || decisions.some(({ isAllowed }) => isAllowed);
}
