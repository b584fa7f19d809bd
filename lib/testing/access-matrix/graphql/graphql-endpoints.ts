import type { INestApplicationContext, Type } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { schemaOf } from '../../../audit/application/module-schema.js';
import { classOf } from '../../../values/provided-class.js';
import type { GraphqlSchema } from './schema-parts.js';

type Module = ModulesContainer extends Map<string, infer Found> ? Found : never;

/** As much of the options of GraphQLModule as its endpoint depends on. */
export interface GraphqlOptions {
  readonly path?: string;
  readonly useGlobalPrefix?: boolean;
  /** Of Mercurius: before the path. */
  readonly prefix?: string;
  readonly include?: readonly unknown[];
  readonly driver?: { readonly name: string };
  /** What resolvers share, or the function that makes it. */
  readonly context?: unknown;
}

/** An endpoint that a GraphQLModule serves. */
export interface GraphqlEndpoint {
  readonly path: string;
  readonly schema: GraphqlSchema;
  readonly options: GraphqlOptions;
  /** Whether the resolvers of a class are in the schema. */
  readonly hasResolver: (controller: Type) => boolean;
}

// What GraphQLModule provides its options by.
const OPTIONS = 'GqlModuleOptions';

/** The endpoints of the application, one for each GraphQLModule that has made a schema. Gateways have none. */
export function graphqlEndpointsOf(app: INestApplicationContext): GraphqlEndpoint[] {
  const modules = [...app.get(ModulesContainer, { strict: false }).values()];
  const prefix = app.get(ApplicationConfig, { strict: false }).getGlobalPrefix();
  return modules.flatMap((module) => {
    const options = module.providers.get(OPTIONS)?.instance as GraphqlOptions | undefined;
    const schema = schemaOf(module) as GraphqlSchema | undefined;
    if (options === undefined || schema === undefined) return [];
    const classes = classesIn(includedBy(options, modules));
    const path = pathOf(options, prefix);
    return [{ path, schema, options, hasResolver: (controller) => classes.has(controller) }];
  });
}

/** As the drivers of `@nestjs/graphql` put it together. */
function pathOf({ path = '/graphql', useGlobalPrefix, prefix = '' }: GraphqlOptions, global = '') {
  const parts = [prefix, useGlobalPrefix === true ? global : '', path];
  return `/${parts
    .flatMap((part) => part.split('/'))
    .filter(Boolean)
    .join('/')}`;
}

/** The modules whose resolvers a GraphQLModule takes: those that it names with their imports, else all. */
function includedBy({ include = [] }: GraphqlOptions, modules: readonly Module[]) {
  if (include.length === 0) return new Set(modules);
  const included = new Set(modules.filter(({ metatype }) => include.includes(metatype)));
  // What is added meanwhile is visited, too.
  for (const { imports } of included) for (const module of imports) included.add(module);
  return included;
}

function classesIn(modules: ReadonlySet<Module>): Set<Type | undefined> {
  return new Set([...modules].flatMap(({ providers }) => [...providers.values()].map(classOf)));
}
