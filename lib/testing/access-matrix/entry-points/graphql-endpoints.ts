import type { INestApplicationContext } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { servedSchemasIn, type ServedSchema } from '../../../audit/application/served-schemas.js';
import type { GraphqlType } from '../../../transports/graphql/schema-types.js';

/** The endpoint of a GraphQLModule. */
export interface GraphqlEndpoint extends ServedSchema {
  readonly path: string;
}

/** The GraphQL endpoints of an application, one for each GraphQLModule with a schema. */
export function graphqlEndpointsOf(app: INestApplicationContext): GraphqlEndpoint[] {
  const globalPrefix = app.get(ApplicationConfig, { strict: false }).getGlobalPrefix();
  const served = servedSchemasIn(app.get(ModulesContainer, { strict: false }));
  return served.map((one) => {
    const { path = '/graphql', useGlobalPrefix, prefix = '' } = one.options;
    // Joined as the drivers of @nestjs/graphql do.
    const joined = ['', prefix, useGlobalPrefix === true ? globalPrefix : '', path].join('/');
    return { ...one, path: joined.replaceAll(/\/+/g, '/') };
  });
}

/** The kind of a type, such as `GraphQLList`. By tag instead of `instanceof`, because several copies of GraphQL.js may be installed. */
export function kindOf(type: GraphqlType): string {
  return Object.prototype.toString.call(type).slice('[object '.length, -1);
}
