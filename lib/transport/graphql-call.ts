import type { ExecutionContext } from '@nestjs/common';

/** The arguments of a resolver, as GraphQL calls it. */
export interface GraphqlCall {
  /** The object that a field belongs to; of a reference resolver (federation) the reference. */
  readonly root: unknown;
  /** What the query gives the field; a reference resolver has none. */
  readonly args: unknown;
  /** What all resolvers of one operation share. */
  readonly contextValue: unknown;
  /** About this field of this operation: another object for each call. */
  readonly info: unknown;
}

/** Reference resolvers get three arguments, without `args`; all other resolvers four. */
export function graphqlCallOf(context: ExecutionContext): GraphqlCall {
  const values = context.getArgs<unknown[]>();
  if (values.length === 3) {
    const [root, contextValue, info] = values;
    return { root, args: undefined, contextValue, info };
  }
  const [root, args, contextValue, info] = values;
  return { root, args, contextValue, info };
}
