import type { ExecutionContext } from '@nestjs/common';
import type { Schema } from './schema-types.js';

/** The part of GraphQL's `GraphQLResolveInfo` that is read here. */
export interface ResolveInfo {
  /** The path of the field in the response: its name or alias, after those of the fields above. */
  readonly path: ResponsePath;
  readonly parentType: object;
  readonly operation: {
    readonly operation?: string;
    readonly name?: { readonly value: string } | undefined;
  };
  readonly schema: Schema;
  /** A separate object for each execution of an operation. */
  readonly variableValues: object;
}

/** GraphQL.js creates one object for each field, which the fields below share. */
export interface ResponsePath {
  /** The name or alias of a field, or a place in a list. */
  readonly key: string | number;
  readonly prev: ResponsePath | undefined;
  /** The type that the field is of. Places in lists have none. */
  readonly typename?: string | undefined;
}

/** The arguments of a resolver, as GraphQL calls it. */
interface ResolverArguments {
  /** The object that a field belongs to; of a reference resolver (federation) the reference. */
  readonly root: unknown;
  /** What the query gives the field; resolvers of references and types have none. */
  readonly args: unknown;
  /** The context value, which all resolvers of one operation share. */
  readonly contextValue: unknown;
  /** The information about this field of this operation: a separate object for each call. */
  readonly info: ResolveInfo | undefined;
}

/**
 * Resolvers of fields are called with four arguments. Resolvers of references and types get no arguments of the query, so the information
 * about the field is one place earlier.
 */
export function resolverArgumentsOf(context: ExecutionContext): ResolverArguments {
  const [root, second, third, fourth] = context.getArgs<unknown[]>();
  if (isResolveInfo(fourth)) return { root, args: second, contextValue: third, info: fourth };
  return {
    root,
    args: undefined,
    contextValue: second,
    info: isResolveInfo(third) ? third : undefined,
  };
}

function isResolveInfo(value: unknown): value is ResolveInfo {
  return typeof value === 'object' && value !== null && 'fieldNodes' in value && 'path' in value;
}
