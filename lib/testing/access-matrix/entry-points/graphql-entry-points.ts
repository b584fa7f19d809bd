import type { INestApplicationContext } from '@nestjs/common';
import type { DescribedHandler } from '../../../audit/access-descriptions.js';
import type { ApplicationHandlers } from '../../../audit/application/application-handlers.js';
import { operationsIn } from '../../../audit/application/served-schemas.js';
import { APPLICATION_HANDLERS } from '../../../audit/audit-tokens.js';
import { Policies } from '../../../rules/policies.js';
import {
  fieldNameIn,
  leadsBackToRoots,
  unwrap,
  type GraphqlField,
  type GraphqlType,
} from '../../../transports/graphql/schema-types.js';
import type { ApplicationServer } from './application-server.js';
import {
  headersFor,
  valuesIn,
  withQuery,
  type CallParts,
  type EntryPoint,
  type ServerResponse,
} from './entry-point.js';
import { graphqlEndpointsOf, kindOf, type GraphqlEndpoint } from './graphql-endpoints.js';
import { inputValues } from './graphql-inputs.js';

/** A query or mutation, as the schema of an endpoint has it. */
interface Operation {
  readonly type: 'query' | 'mutation';
  readonly field: GraphqlField;
  /** The name of the field in the schema. */
  readonly name: string;
}

interface Endpoint extends GraphqlEndpoint {
  /** The operations about which the guard decides, such as `Query.reports`, by their names in the schema. */
  readonly operations: ReadonlySet<string>;
}

/** The queries and mutations of an application, called by requests to its GraphQL endpoints. */
export class GraphqlEntryPoints {
  readonly #endpoints: readonly Endpoint[];

  constructor(
    app: INestApplicationContext,
    private readonly server: ApplicationServer,
  ) {
    const handlers = app.get<ApplicationHandlers>(APPLICATION_HANDLERS, { strict: false }).list();
    const policies = app.get(Policies, { strict: false });
    this.#endpoints = graphqlEndpointsOf(app).map((endpoint) => ({
      ...endpoint,
      operations: operationsIn(endpoint, handlers, policies),
    }));
  }

  of(handler: DescribedHandler): EntryPoint[] {
    return this.endpointsOf(handler).flatMap((endpoint) => {
      const operation = operationAt(endpoint, handler.description.name);
      return operation === undefined ? [] : [this.entryPoint(handler, operation, endpoint)];
    });
  }

  /** Whether documents may have the operation below other fields, where it is not called. */
  mayBeNested(handler: DescribedHandler): boolean {
    return this.endpointsOf(handler).some(({ schema }) => leadsBackToRoots(schema));
  }

  private endpointsOf({ subject }: DescribedHandler): Endpoint[] {
    return this.#endpoints.filter(({ hasResolver }) => hasResolver(subject.controller));
  }

  private entryPoint(
    handler: DescribedHandler,
    operation: Operation,
    { path }: Endpoint,
  ): EntryPoint {
    const { name } = handler.description;
    return {
      handler,
      name: this.#endpoints.length > 1 ? `${name} at ${path}` : name,
      call: async (parts) => {
        const result = await this.server.call(handler, (mark) => ({
          method: 'POST',
          path: withQuery(path, handler, parts),
          headers: {
            'content-type': 'application/json',
            accept: 'application/json',
            ...headersFor(handler, parts),
          },
          body: JSON.stringify(documentFor(handler, operation, parts, mark)),
        }));
        return { ...result, response: result.response && withErrorOf(result.response) };
      },
    };
  }
}

/** @returns `undefined` if it is no query or mutation of this endpoint */
function operationAt({ schema, operations }: Endpoint, handler: string): Operation | undefined {
  const inSchema = fieldNameIn(schema, handler);
  const [typeName, name = ''] = inSchema.split('.');
  if (!operations.has(inSchema)) return undefined;
  const mutations = schema.getMutationType();
  const type = mutations?.name === typeName ? 'mutation' : 'query';
  const root = type === 'mutation' ? mutations : schema.getQueryType();
  const field = root?.name === typeName ? root?.getFields?.()[name] : undefined;
  return field && { type, field, name };
}

/** The document with the arguments that the operation needs. The operation has the mark of the call as its name. */
function documentFor(
  handler: DescribedHandler,
  { type, field, name }: Operation,
  parts: CallParts,
  mark: string,
) {
  const variables = argumentsFor(field, handler, parts);
  const given = (field.args ?? []).filter((one) => Object.hasOwn(variables, one.name));
  const declarations = given.map((one) => `$${one.name}: ${one.type.toString()}`);
  const args = given.map((one) => `${one.name}: $${one.name}`);
  const selection = isComposite(field.type) ? ' { __typename }' : '';
  return {
    query: `${type} ${mark}${inParentheses(declarations)} { ${name}${inParentheses(args)}${selection} }`,
    variables,
  };
}

/** The required arguments, the organization, and those that the application gives. */
function argumentsFor(
  { args = [] }: GraphqlField,
  handler: DescribedHandler,
  parts: CallParts,
): Record<string, unknown> {
  const given = parts.given.args ?? {};
  const inputs = args.filter(({ name }) => !Object.hasOwn(given, name));
  const wishes = valuesIn('argument', handler, parts);
  return { ...inputValues(inputs, wishes), ...given };
}

function isComposite(type: GraphqlType): boolean {
  return ['GraphQLObjectType', 'GraphQLInterfaceType', 'GraphQLUnionType'].includes(
    kindOf(unwrap(type)),
  );
}

function inParentheses(parts: readonly string[]): string {
  return parts.length === 0 ? '' : `(${parts.join(', ')})`;
}

/** The used fields of an error in a response. */
interface ResponseError {
  readonly message?: string;
  readonly extensions?: { readonly originalError?: { readonly statusCode?: number } };
}

/** The response with the status and the message of its first error. Status 200 says nothing here. */
function withErrorOf(response: ServerResponse): ServerResponse {
  const error = firstErrorIn(response.body);
  if (error === undefined) return response;
  const { statusCode } = error.extensions?.originalError ?? {};
  const status = statusCode ?? (response.status < 300 ? 400 : response.status);
  return { ...response, status, statusText: error.message ?? '' };
}

function firstErrorIn(body: string): ResponseError | undefined {
  try {
    return (JSON.parse(body) as { errors?: ResponseError[] }).errors?.[0];
  } catch {
    return undefined;
  }
}
