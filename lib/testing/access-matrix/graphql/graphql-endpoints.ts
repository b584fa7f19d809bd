import type { INestApplicationContext } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import {
  servedSchemasIn,
  type GraphqlOptions,
  type ServedSchema,
} from '../../../audit/application/served-schemas.js';
import type { GraphqlSchema } from './schema-parts.js';

/** An endpoint of a GraphQLModule. */
export interface GraphqlEndpoint extends ServedSchema<GraphqlSchema> {
  readonly path: string;
}

/** The GraphQL endpoints of the application, one for each GraphQLModule with a schema. */
export function graphqlEndpointsOf(app: INestApplicationContext): GraphqlEndpoint[] {
  const prefix = app.get(ApplicationConfig, { strict: false }).getGlobalPrefix();
  const served = servedSchemasIn(app.get(ModulesContainer, { strict: false }));
  return (served as ServedSchema<GraphqlSchema>[]).map((one) => ({
    ...one,
    path: pathOf(one.options, prefix),
  }));
}

/** The path of an endpoint, joined as the drivers of `@nestjs/graphql` do. */
function pathOf({ path = '/graphql', useGlobalPrefix, prefix = '' }: GraphqlOptions, global = '') {
  const parts = [prefix, useGlobalPrefix === true ? global : '', path];
  return `/${parts
    .flatMap((part) => part.split('/'))
    .filter(Boolean)
    .join('/')}`;
}
