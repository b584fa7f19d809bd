import type { Type } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import { fieldNameIn, type GraphqlSchema } from '../../transports/graphql/schema-types.js';
import { lazily } from '../../values/lazily.js';
import { classOf } from '../../values/provided-class.js';
import type { ApplicationHandler } from './application-handlers.js';
import { schemaFieldOf } from './handler-names.js';
import type { NestModule } from '../../values/nest-module.js';

// The names under which GraphQLModule provides its options and its schema.
const OPTIONS = 'GqlModuleOptions';
const SCHEMA_HOST = 'GraphQLSchemaHost';

/** The options of GraphQLModule that this package reads. */
export interface GraphqlOptions {
  readonly path?: string;
  readonly useGlobalPrefix?: boolean;
  /** An option of Mercurius: what comes before the path. */
  readonly prefix?: string;
  readonly include?: readonly unknown[];
  readonly fieldResolverEnhancers?: readonly string[];
  /** Resolvers that replace those of Nest, by type and field. */
  readonly resolvers?: unknown;
  /** An option of Mercurius: whether it compiles queries. */
  readonly jit?: unknown;
}

/** A schema that a GraphQLModule has made. */
export interface ServedSchema {
  readonly schema: GraphqlSchema;
  readonly options: GraphqlOptions;
  /** Whether the resolvers of a class are in the schema. */
  readonly hasResolver: (controller: Type) => boolean;
}

/** The schemas of the application, one for each GraphQLModule that has made one. Federation gateways make none. */
export function servedSchemasIn(container: ModulesContainer): ServedSchema[] {
  const modules = [...container.values()];
  return modules.flatMap((module) => {
    const options = graphqlOptionsOf(module);
    const schema = schemaOf(module);
    if (options === undefined || schema === undefined) return [];
    // Computed on demand, because the schemas are listed again for each handler.
    const classes = lazily(() => classesIn(includedBy(options, modules)));
    return [{ schema, options, hasResolver: (controller) => classes().has(controller) }];
  });
}

/** The options of a GraphQLModule; `undefined` for other modules. */
function graphqlOptionsOf({ providers }: NestModule): GraphqlOptions | undefined {
  return providers.get(OPTIONS)?.instance as GraphqlOptions | undefined;
}

/** Whether every GraphQLModule calls guards for fields. Without guards, any caller reaches a field. */
export function areFieldsGuarded(container: ModulesContainer): boolean {
  return [...container.values()].flatMap((one) => graphqlOptionsOf(one) ?? []).every(guardsFields);
}

/** Whether a GraphQLModule with these options makes Nest call guards for fields. */
export function guardsFields({ fieldResolverEnhancers = [] }: GraphqlOptions): boolean {
  return fieldResolverEnhancers.includes('guards');
}

/** The root fields about which the guard decides, such as `Query.reports`, by their names in the schema. */
export function operationsIn(
  { schema, options, hasResolver }: ServedSchema,
  handlers: readonly ApplicationHandler[],
): Set<string> {
  const fields = handlers
    .filter(({ type, controller }) => type === 'operation' && hasResolver(controller))
    .filter(({ policy }) => policy.exemptedBy === undefined)
    .map((handler) => schemaFieldOf(handler).field);
  return new Set(
    fields
      .filter((field) => !isReplaced(field, options))
      .map((field) => fieldNameIn(schema, field)),
  );
}

function isReplaced(field: string, { resolvers }: GraphqlOptions): boolean {
  const [typeName = '', fieldName = ''] = field.split('.');
  return [resolvers].flat().some((all) => {
    const ofType = (all as Record<string, unknown> | undefined)?.[typeName];
    return (ofType as Record<string, unknown> | undefined)?.[fieldName] !== undefined;
  });
}

function schemaOf({ providers }: NestModule): GraphqlSchema | undefined {
  const host = [...providers.values()].find(({ name }) => name === SCHEMA_HOST)?.instance as
    | { readonly schema: GraphqlSchema }
    | undefined;
  try {
    return host?.schema;
  } catch {
    return undefined;
  }
}

/** The modules whose resolvers are in the schema: those in the option `include` and their imports, or all modules without that option. */
function includedBy({ include = [] }: GraphqlOptions, modules: readonly NestModule[]) {
  if (include.length === 0) return new Set(modules);
  const included = new Set(modules.filter(({ metatype }) => include.includes(metatype)));
  // The loop visits the modules that it adds as well.
  for (const { imports } of included) for (const module of imports) included.add(module);
  return included;
}

function classesIn(modules: ReadonlySet<NestModule>): Set<Type | undefined> {
  return new Set([...modules].flatMap(({ providers }) => [...providers.values()].map(classOf)));
}
