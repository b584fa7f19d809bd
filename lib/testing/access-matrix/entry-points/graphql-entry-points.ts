import { ApplicationConfig } from '@nestjs/core';
import type { AuditedApplication } from '../../../startup/application/audited-application.js';
import { operationsIn, type GraphqlOptions } from '../../../startup/application/served-schemas.js';
import {
  fieldNameIn,
  reachableTypes,
  rootFieldsOf,
  rootTypesOf,
  unwrap,
  type GraphqlSchema,
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

const JSON_HEADERS = { 'content-type': 'application/json', accept: 'application/json' };

/** The GraphQL endpoints of an application, called with queries and mutations. */
export function graphqlEntryPoints(
  { get, schemas, handlers }: AuditedApplication,
  server: ApplicationServer,
): EntryPoint[] {
  const globalPrefix = get(ApplicationConfig).getGlobalPrefix();
  return schemas.map((served) => {
    const { schema, options, hasResolver } = served;
    const path = pathOf(options, globalPrefix);
    const operations = operationsIn(served, handlers);
    return {
      serves: ({ controller, description }) =>
        hasResolver(controller) && operations.has(fieldNameIn(schema, description.name)),
      hasOtherWays: hasNestedRoots(schema),
      async call(parts) {
        const headers = { ...JSON_HEADERS, ...headersFor(parts) };
        const request = { method: 'POST', path: withQuery(path, parts), headers };
        const result = await server.call(parts, (mark) => ({
          ...request,
          body: JSON.stringify(documentFor(schema, parts, mark)),
        }));
        return withErrorStatus(result);
      },
    };
  });
}

/** Whether documents may have operations below other fields, where they are not called. */
function hasNestedRoots(schema: GraphqlSchema): boolean {
  const types = rootFieldsOf(schema).map(({ type }) => type);
  const reached = reachableTypes(types, schema, () => true);
  return rootTypesOf(schema).some(({ name }) => name !== undefined && reached.has(name));
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
function documentFor(schema: GraphqlSchema, parts: CallParts, mark: string) {
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
