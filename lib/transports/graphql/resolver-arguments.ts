import type { ExecutionContext } from '@nestjs/common';
import type { GraphQLResolveInfo } from 'graphql';

/**
 * The path of a field in the response: its name or alias, after those of the fields above. GraphQL.js creates one object for each field,
 * which the fields below share.
 */
export type ResponsePath = GraphQLResolveInfo['path'];

/** The arguments of a resolver, as GraphQL calls it. */
export interface ResolverArguments {
  /** The object that a field belongs to; of a reference resolver (federation) the reference. */
  readonly root: unknown;
  /** What the query gives the field; resolvers of references and types have none. */
  readonly args: unknown;
  /** The context value, which all resolvers of one operation share. */
  readonly contextValue: unknown;
  /** The information about this field of this operation: a separate object for each call. */
  readonly info: GraphQLResolveInfo | undefined;
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

function isResolveInfo(value: unknown): value is GraphQLResolveInfo {
  return typeof value === 'object' && value !== null && 'fieldNodes' in value && 'path' in value;
}
