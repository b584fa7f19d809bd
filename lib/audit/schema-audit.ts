import { Injectable } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { FieldResolver } from './application/application-handler.js';
import {
  ApplicationHandlers,
  GRAPHQL_OPTIONS,
  guardsFields,
} from './application/application-handlers.js';
import { GlobalGuardCheck } from '../guard/global-guard-check.js';
import { Policies } from '../rules/policies.js';
import { schemaOf } from './application/module-schema.js';
import {
  leadsBackToRoots,
  reachableTypes,
  rootFieldsOf,
  type Schema,
} from '../transport/graphql/schema-types.js';

type Module = ModulesContainer extends Map<string, infer Found> ? Found : never;

/** A resolver, and a root field without a decision that leads to it. */
interface ReachedResolver extends FieldResolver {
  readonly reachedBy: string;
}

/**
 * Finds fields of the final schemas that a query reaches without a guarded operation above them, while Nest calls no guards for fields:
 * those of `_entities`, of root types with other names, and of root fields that Nest does not resolve.
 */
@Injectable()
export class SchemaAudit {
  // A private field: printing this must not print all that the application is made of.
  readonly #modules: ModulesContainer;

  constructor(
    modules: ModulesContainer,
    private readonly handlers: ApplicationHandlers,
    private readonly policies: Policies,
    private readonly globalGuardCheck: GlobalGuardCheck,
  ) {
    this.#modules = modules;
  }

  /** The handlers that a global guard seems to protect, but does not. */
  findOpenHandlers(): string[] {
    if (!this.globalGuardCheck.isRegistered()) return [];
    return this.openResolvers().map(
      ({ controller, name, field, reachedBy }) =>
        `${controller.name}.${name} (GraphQL field ${field}): the field is open, because no guard checks ${reachedBy} ` +
        "above it, and Nest does not call guards for fields. Add fieldResolverEnhancers: ['guards'] to the options of " +
        'GraphQLModule.',
    );
  }

  /** Whether compiled queries hide which operation a field belongs to. */
  findUndecidableFields(): string[] {
    const isUndecidable = [...this.#modules.values()].some((module) => {
      const schema = schemaOf(module);
      return schema !== undefined && isCompiled(module) && leadsBackToRoots(schema);
    });
    if (!isUndecidable) return [];
    return [
      'GraphQLModule: the schema leads back to a root type, and with jit the guard cannot tell which operation a field belongs to. ' +
        'Remove jit from the options of GraphQLModule.',
    ];
  }

  /** The resolvers of fields and references that a query reaches without a decision, less those that are meant to be open. */
  openResolvers(): ReachedResolver[] {
    const areGuarded = this.globalGuardCheck.isRegistered();
    return this.reachedIn(({ providers }) => !(areGuarded && guardsFields(providers)));
  }

  /** The resolvers that a query reaches without a decided operation above them, whether or not Nest calls guards for them. */
  resolversWithoutOperation(): ReachedResolver[] {
    return this.reachedIn(() => true);
  }

  private reachedIn(isIncluded: (module: Module) => boolean): ReachedResolver[] {
    return [...this.#modules.values()]
      .filter(isIncluded)
      .flatMap((module) => schemaOf(module) ?? [])
      .flatMap((schema) => this.resolversWithoutOperationIn(schema));
  }

  private resolversWithoutOperationIn(schema: Schema): ReachedResolver[] {
    const operations = new Set(this.handlers.operations());
    const resolvers = this.resolversOfFields();
    return rootFieldsOf(schema)
      .filter(({ name }) => !operations.has(name))
      .flatMap(({ name, type }) => {
        const types = new Set([
          name.split('.')[0],
          ...reachableTypes([type], schema, (field) => !operations.has(field)),
        ]);
        return resolvers
          .filter(
            ({ typeName, field }) =>
              // In a schema, a type may be called otherwise than its class.
              (types.has(typeName) || !Object.hasOwn(schema.getTypeMap(), typeName)) &&
              (field === name || !isRootField(field, schema)),
          )
          .map((resolver) => ({ ...resolver, reachedBy: name }));
      });
  }

  private resolversOfFields(): FieldResolver[] {
    return this.handlers
      .fieldResolvers()
      .filter(
        ({ controller, handler }) => this.policies.ofHandler(controller, handler).mode !== 'public',
      );
  }
}

/** Whether Mercurius compiles the queries of a GraphQLModule. */
function isCompiled({ providers }: Module): boolean {
  const options = providers.get(GRAPHQL_OPTIONS)?.instance as
    | { readonly jit?: unknown }
    | undefined;
  return Boolean(options?.jit);
}

function isRootField(field: string, schema: Schema): boolean {
  return rootFieldsOf(schema).some(({ name }) => name === field);
}
