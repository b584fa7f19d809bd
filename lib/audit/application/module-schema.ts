import type { ModulesContainer } from '@nestjs/core';
import type { Schema } from '../../transport/graphql/schema-types.js';

type Module = ModulesContainer extends Map<string, infer Found> ? Found : never;

// What GraphQLModule provides its schema by.
const SCHEMA_HOST = 'GraphQLSchemaHost';

/** The schema that a GraphQLModule has made; gateways make none. */
export function schemaOf({ providers }: Pick<Module, 'providers'>): Schema | undefined {
  const host = [...providers.values()].find(({ name }) => name === SCHEMA_HOST)?.instance as
    | { readonly schema: Schema }
    | undefined;
  try {
    return host?.schema;
  } catch {
    return undefined;
  }
}
