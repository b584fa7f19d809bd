import type { INestApplicationContext } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { servedSchemasIn, type ServedSchema } from '../../../audit/application/served-schemas.js';
import type { Schema } from '../../../transports/graphql/schema-types.js';

/** The used API of a GraphQL type. The package `graphql` may not be installed. */
export interface GraphqlType {
  readonly name?: string;
  /** The type as documents write it, such as `[Report!]`. */
  toString(): string;
  /** The inner type of a list or non-null type. */
  readonly ofType?: GraphqlType;
  /** The fields of an object, an interface or an input object. */
  getFields?(): Record<string, GraphqlField>;
  /** The values of an enum. */
  getValues?(): readonly { readonly name: string }[];
  /** Parses a value of a scalar. */
  parseValue?(value: unknown): unknown;
  /** Whether exactly one field of an input object must be given. */
  readonly isOneOf?: boolean;
}

/** An argument, or a field of an input object. */
export interface GraphqlInput {
  readonly name: string;
  readonly type: GraphqlType;
  readonly defaultValue?: unknown;
  /** The default value, since GraphQL.js 17. */
  readonly default?: unknown;
}

export interface GraphqlField extends GraphqlInput {
  /** The arguments of a field; fields of input objects have none. */
  readonly args?: readonly GraphqlInput[];
}

/** A schema with its types. */
export interface GraphqlSchema extends Schema {
  getQueryType(): GraphqlType | null | undefined;
  getMutationType(): GraphqlType | null | undefined;
  getTypeMap(): Record<string, GraphqlType>;
}

/** The endpoint of a GraphQLModule. */
export interface GraphqlEndpoint extends ServedSchema<GraphqlSchema> {
  readonly path: string;
}

/** The GraphQL endpoints of an application, one for each GraphQLModule with a schema. */
export function graphqlEndpointsOf(app: INestApplicationContext): GraphqlEndpoint[] {
  const globalPrefix = app.get(ApplicationConfig, { strict: false }).getGlobalPrefix();
  const served = servedSchemasIn(app.get(ModulesContainer, { strict: false }));
  return (served as ServedSchema<GraphqlSchema>[]).map((one) => {
    const { path = '/graphql', useGlobalPrefix, prefix = '' } = one.options;
    // Joined as the drivers of @nestjs/graphql do.
    const segments = [prefix, useGlobalPrefix === true ? globalPrefix : '', path];
    return {
      ...one,
      path: `/${segments
        .flatMap((part) => part.split('/'))
        .filter(Boolean)
        .join('/')}`,
    };
  });
}

/** The kind of a type, such as `GraphQLList`. By tag instead of `instanceof`, because several copies of GraphQL.js may be installed. */
export function kindOf(type: GraphqlType): string {
  return Object.prototype.toString.call(type).slice('[object '.length, -1);
}

/** The innermost type of lists and non-null types. */
export function namedType(type: GraphqlType): GraphqlType {
  return type.ofType === undefined ? type : namedType(type.ofType);
}
