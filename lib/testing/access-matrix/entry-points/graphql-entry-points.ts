import { ApplicationConfig } from '@nestjs/core';
import type { DescribedHandler } from '../../../startup/access-descriptions.js';
import type { AuditedApplication } from '../../../startup/application/audited-application.js';
import {
  operationsIn,
  type GraphqlOptions,
  type ServedSchema,
} from '../../../startup/application/served-schemas.js';
import {
  fieldNameIn,
  reachableTypes,
  rootFieldsOf,
  rootTypesOf,
  unwrap,
} from '../../../transports/graphql/schema-types.js';
import type { ApplicationServer } from './application-server.js';
import {
  headersFor,
  valuesIn,
  withQuery,
  type CallParts,
  type CallResult,
  type EntryPoint,
} from './entry-point.js';
import { inputValues } from './graphql-inputs.js';

/** The endpoint of a GraphQLModule. */
interface Endpoint extends ServedSchema {
  readonly path: string;
  /** The operations about which the guard decides, such as `Query.reports`, by their names in the schema. */
  readonly operations: ReadonlySet<string>;
}

/** The queries and mutations of an application, called by requests to its GraphQL endpoints. */
export class GraphqlEntryPoints {
  readonly #endpoints: readonly Endpoint[];

  constructor(
    { get, schemas, handlers }: AuditedApplication,
    private readonly server: ApplicationServer,
  ) {
    const globalPrefix = get(ApplicationConfig).getGlobalPrefix();
    this.#endpoints = schemas.map((served) => ({
      ...served,
      path: pathOf(served.options, globalPrefix),
      operations: operationsIn(served, handlers),
    }));
  }

  of(handler: DescribedHandler): EntryPoint[] {
    return this.endpointsOf(handler).map((endpoint) => async (parts) => {
      const result = await this.server.call(parts, (mark) => ({
        method: 'POST',
        path: withQuery(endpoint.path, parts),
        headers: {
          'content-type': 'application/json',
          accept: 'application/json',
          ...headersFor(parts),
        },
        body: JSON.stringify(documentFor(endpoint, parts, mark)),
      }));
      return withErrorStatus(result);
    });
  }

  /** Whether documents may have the operation below other fields, where it is not called. */
  mayBeNested(handler: DescribedHandler): boolean {
    return this.endpointsOf(handler).some(({ schema }) => {
      const types = rootFieldsOf(schema).map(({ type }) => type);
      const reached = reachableTypes(types, schema, () => true);
      return rootTypesOf(schema).some(({ name }) => name !== undefined && reached.has(name));
    });
  }

  private endpointsOf({ controller, description }: DescribedHandler): Endpoint[] {
    return this.#endpoints.filter(
      ({ hasResolver, operations, schema }) =>
        hasResolver(controller) && operations.has(fieldNameIn(schema, description.name)),
    );
  }
}

/** The path of an endpoint, joined as the drivers of @nestjs/graphql do. */
function pathOf(
  { path = '/graphql', useGlobalPrefix, prefix = '' }: GraphqlOptions,
  globalPrefix: string,
): string {
  const joined = ['', prefix, useGlobalPrefix === true ? globalPrefix : '', path].join('/');
  return joined.replaceAll(/\/+/g, '/');
}

/** The document with the arguments that the operation needs. The operation has the mark of the call as its name. */
function documentFor({ schema }: Endpoint, parts: CallParts, mark: string) {
  const [typeName, name = ''] = fieldNameIn(schema, parts.handler.description.name).split('.');
  const mutations = schema.getMutationType();
  const isMutation = mutations?.name === typeName;
  const field = (isMutation ? mutations : schema.getQueryType())?.getFields?.()[name];
  const args = field?.args ?? [];
  const made = inputValues(args, valuesIn('argument', parts));
  const variables = { ...made, ...parts.given.args };
  const given = args.filter((one) => Object.hasOwn(variables, one.name));
  const declarations = given.map((one) => `$${one.name}: ${one.type.toString()}`);
  const passed = given.map((one) => `${one.name}: $${one.name}`);
  // Only scalars and enums parse values; the others have fields.
  const isLeaf = field !== undefined && unwrap(field.type).parseValue !== undefined;
  const operation = `${isMutation ? 'mutation' : 'query'} ${mark}${inParentheses(declarations)}`;
  const selection = `${name}${inParentheses(passed)}${isLeaf ? '' : ' { __typename }'}`;
  return { query: `${operation} { ${selection} }`, variables };
}

function inParentheses(parts: readonly string[]): string {
  return parts.length === 0 ? '' : `(${parts.join(', ')})`;
}

/** A result with the status of the first error in the response. Status 200 says nothing here. */
function withErrorStatus(result: CallResult): CallResult {
  try {
    const { errors = [] } = JSON.parse(result.body) as { readonly errors?: ResponseError[] };
    const [error] = errors;
    if (error === undefined) return result;
    const { statusCode = Math.max(result.status ?? 0, 400) } =
      error.extensions?.originalError ?? {};
    return { ...result, status: statusCode };
  } catch {
    return result;
  }
}

/** The used part of an error. */
interface ResponseError {
  readonly extensions?: { readonly originalError?: { readonly statusCode?: number } };
}
