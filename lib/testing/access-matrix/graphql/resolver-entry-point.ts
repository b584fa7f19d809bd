import type { INestApplicationContext } from '@nestjs/common';
import type { DescribedHandler } from '../../../audit/describe-access.js';
import { noteAllowedName } from '../../../transports/graphql/graphql-operations.js';
import { HandlerReached, type AccessProbe } from '../access-probe.js';
import type { CallParts, CallResult, EntryPoint } from '../entry-point.js';
import { inWords } from '../error-words.js';
import { coercedInputs } from './coerced-values.js';
import { contextValueFor, isMercurius } from './context-value.js';
import type { GraphqlEndpoint } from './graphql-endpoints.js';
import { argumentsFor } from './operation-arguments.js';
import { requestHeadersFor } from './operation-headers.js';
import { argumentListFor, resolverKindOf } from './resolver-argument-list.js';
import { resolveInfoFor } from './resolve-info.js';
import type { ResolverCalls } from './resolver-calls.js';
import type { Step } from './response-paths.js';

/** A place where a resolver is called: the fields from a root type to its own, and whether the guard allowed the root field. */
export interface ResolverPlace {
  readonly way: readonly Step[];
  readonly isBelowAllowedOperation: boolean;
}

/** A subscription, field or reference, called within this process, because a request would run the resolvers above it. */
export class ResolverEntryPoint implements EntryPoint {
  constructor(
    readonly handler: DescribedHandler,
    readonly name: string,
    private readonly place: ResolverPlace,
    private readonly endpoint: GraphqlEndpoint,
    private readonly calls: ResolverCalls,
    private readonly probe: AccessProbe,
    private readonly app: INestApplicationContext,
  ) {}

  async call(parts: CallParts): Promise<CallResult> {
    const args = this.argumentsFor(parts);
    const headers = requestHeadersFor(this.handler, parts);
    let response: string | undefined;
    const call = await this.probe.inProcess(async () => {
      try {
        await this.callWith(args, await contextValueFor(this.endpoint, this.app, headers));
      } catch (error) {
        if (!(error instanceof HandlerReached)) response = inWords(error);
      }
    });
    return { call, response };
  }

  private argumentsFor(parts: CallParts): Record<string, unknown> {
    const { field } = this.place.way.at(-1) as Step;
    if (resolverKindOf(this.handler) !== 'field') return {};
    return coercedInputs(field.args ?? [], argumentsFor(field, this.handler, parts));
  }

  private callWith(args: Record<string, unknown>, contextValue: object): Promise<unknown> {
    const { way, isBelowAllowedOperation } = this.place;
    const { schema, options } = this.endpoint;
    const [typeName = ''] = this.handler.description.name.split('.');
    const info = resolveInfoFor(way, schema, args);
    if (isBelowAllowedOperation) noteAllowedName(info.operation, (way[0] as Step).field.name);
    const list = argumentListFor(resolverKindOf(this.handler), {
      args,
      contextValue,
      info,
      type: schema.getTypeMap()[typeName],
      isBelowRoot: way.length > 1,
      isMercurius: isMercurius(options.driver),
    });
    return this.calls.call(this.handler.subject, contextValue, list);
  }
}
