import type { INestApplicationContext } from '@nestjs/common';
import type { ApplicationHandler } from '../../../audit/application/application-handler.js';
import type { DescribedHandler } from '../../../audit/describe-access.js';
import type { AccessProbe } from '../access-probe.js';
import type { ApplicationServer } from '../http/application-server.js';
import { CannotCall, type EntryPoint, type EntryPointSource } from '../entry-point.js';

import { graphqlEndpointsOf, type GraphqlEndpoint } from './graphql-endpoints.js';
import { typeNamed } from '../../../transports/graphql/schema-types.js';
import { OperationEntryPoint } from './operation-entry-point.js';
import { ResolverCalls } from './resolver-calls.js';
import { ResolverEntryPoint } from './resolver-entry-point.js';
import { ResolverPlaces, type NamedPlace } from './resolver-places.js';
import { fieldNamed } from './schema-parts.js';

/** An endpoint with the places of the resolvers that are called within this process. */
interface Endpoint extends GraphqlEndpoint {
  readonly places: ResolverPlaces;
  /** The suffix of its handlers' names, if there are several endpoints. */
  readonly suffix: string;
}

/** The GraphQL operations, fields and references of the application. */
export class GraphqlEntryPoints implements EntryPointSource {
  constructor(
    private readonly app: INestApplicationContext,
    private readonly probe: AccessProbe,
    private readonly server: ApplicationServer,
  ) {}

  entryPoints(handlers: readonly DescribedHandler[]): EntryPoint[] {
    const described = handlers.filter(({ description }) => description.transport === 'graphql');
    if (described.length === 0) return [];
    const calls = new ResolverCalls(this.app);
    const endpoints = this.endpoints();
    return described.flatMap((handler) => {
      const found = endpoints
        .filter(({ hasResolver }) => hasResolver(handler.subject.controller))
        .flatMap((endpoint) => this.entryPointsAt(endpoint, handler, calls));
      return found.length > 0 ? found : [unservedEntryPoint(handler)];
    });
  }

  private endpoints(): Endpoint[] {
    const endpoints = graphqlEndpointsOf(this.app);
    return endpoints.map((endpoint) => ({
      ...endpoint,
      places: new ResolverPlaces(endpoint, this.app),
      suffix: endpoints.length > 1 ? ` at ${endpoint.path}` : '',
    }));
  }

  private entryPointsAt(
    endpoint: Endpoint,
    handler: DescribedHandler,
    calls: ResolverCalls,
  ): EntryPoint[] {
    const operation = this.operationAt(endpoint, handler);
    const places = endpoint.places.of(handler).filter(({ way }) => !operation || way.length > 1);
    const hasOthers = operation !== undefined || places.length > 1;
    const resolvers = places.map((place) => {
      const name = nameAt(handler, place, hasOthers) + endpoint.suffix;
      return new ResolverEntryPoint(handler, name, place, endpoint, calls, this.probe, this.app);
    });
    return operation === undefined ? resolvers : [operation, ...resolvers];
  }

  /** The entry point of a query or mutation. Nest calls the probe on every request for these. */
  private operationAt(endpoint: Endpoint, handler: DescribedHandler): EntryPoint | undefined {
    const { name } = handler.description;
    const { schema, suffix } = endpoint;
    const [typeName = ''] = name.split('.');
    const parentType = typeNamed(typeName, schema);
    const isQuery = parentType === schema.getQueryType();
    if (!isQuery && parentType !== schema.getMutationType()) return undefined;
    const field = fieldNamed(schema, name);
    if ((handler.subject as ApplicationHandler).kind !== 'operation' || field === undefined) {
      return undefined;
    }
    const type = isQuery ? 'query' : 'mutation';
    const { probe, server } = this;
    return new OperationEntryPoint(handler, name + suffix, type, field, endpoint, server, probe);
  }
}

function nameAt({ description }: DescribedHandler, place: NamedPlace, hasOthers: boolean): string {
  return hasOthers ? `${description.name} below ${place.below}` : description.name;
}

/** The entry point of a handler that is in no schema. */
function unservedEntryPoint(handler: DescribedHandler): EntryPoint {
  return {
    handler,
    name: handler.description.name,
    call() {
      throw new CannotCall(
        'No GraphQL schema of the application contains it, or no query leads to it. List it in except.',
      );
    },
  };
}
