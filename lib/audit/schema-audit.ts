import { Injectable } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { ApplicationHandler, FieldResolver } from './application/application-handler.js';
import { ApplicationHandlers, guardsFields } from './application/application-handlers.js';
import { GlobalGuardCheck } from '../guard/propel-auth.guard.js';
import { isEveryone } from '../rules/callers.js';
import { Policies } from '../rules/policies.js';
import { operationsIn, servedSchemasIn, type ServedSchema } from './application/served-schemas.js';
import {
  fieldNameIn,
  reachableTypes,
  rootFieldsOf,
  typeNamed,
  type Schema,
} from '../transports/graphql/schema-types.js';

/** A resolver, and the root field through which a query reaches it without a decision. */
interface ReachedResolver extends FieldResolver {
  readonly reachedBy: string;
}

/**
 * Finds fields of the final schemas that a query reaches without a guarded operation above them, while Nest calls no guards for fields:
 * those of `_entities`, of root types with other names, and of root fields that Nest does not resolve.
 */
@Injectable()
export class SchemaAudit {
  // A private field: logging this object must not print the whole application.
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
    // The global guard protects the fields for which Nest calls guards.
    const open = this.reachedIn(({ options }) => !guardsFields(options)).filter(
      ({ controller, handler }) => !this.policies.isExempt(controller, handler),
    );
    return open.map(
      ({ controller, name, field, reachedBy }) =>
        `${controller.name}.${name} (GraphQL field ${field}): the field is open, because no guard checks ${reachedBy} ` +
        "above it, and Nest does not call guards for fields. Add fieldResolverEnhancers: ['guards'] to the options of " +
        'GraphQLModule.',
    );
  }

  /** The schemas whose queries are compiled, by a handler whose calls the guard therefore rejects. */
  findCompiledQueries(): string[] {
    return servedSchemasIn(this.#modules)
      .filter(({ options }) => Boolean(options.jit))
      .flatMap(({ hasResolver }) => {
        const ofSchema = this.handlers.list().filter(({ controller }) => hasResolver(controller));
        return ofSchema.find((handler) => this.isGuarded(handler)) ?? [];
      })
      .map(
        ({ controller, name }) =>
          `GraphQLModule: jit compiles queries, the guard rejects calls of compiled queries, and ${controller.name}.${name} is ` +
          'guarded. Remove jit from the options of GraphQLModule.',
      );
  }

  /** Whether the guard decides about the calls of a handler. */
  private isGuarded({ controller, handler }: ApplicationHandler): boolean {
    return (
      this.policies.ofHandler(controller, handler).isExplicit ||
      (this.globalGuardCheck.isRegistered() && !this.policies.isExempt(controller, handler))
    );
  }

  /** The resolvers that a query reaches without a decided operation above them, whether or not Nest calls guards for them. */
  resolversWithoutOperation(): ReachedResolver[] {
    return this.reachedIn(() => true);
  }

  private reachedIn(isIncluded: (served: ServedSchema) => boolean): ReachedResolver[] {
    return servedSchemasIn(this.#modules)
      .filter(isIncluded)
      .flatMap((served) => this.resolversWithoutOperationIn(served));
  }

  private resolversWithoutOperationIn(served: ServedSchema): ReachedResolver[] {
    const { schema, hasResolver } = served;
    const operations = operationsIn(served, this.handlers.list(), this.policies);
    const resolvers = this.resolversOfFields().filter(({ controller }) => hasResolver(controller));
    return rootFieldsOf(schema)
      .filter(({ name }) => !operations.has(name))
      .flatMap(({ name, type }) => {
        const types = reachableTypes([type], schema, (field) => !operations.has(field));
        return resolvers
          .filter(
            ({ typeName, field }) =>
              isResolverOf(name, field, schema) ||
              // A type may have another name in the schema than its class.
              ((types.has(typeName) || typeNamed(typeName, schema) === undefined) &&
                !isRootField(field, schema)),
          )
          .map((resolver) => ({ ...resolver, reachedBy: name }));
      });
  }

  private resolversOfFields(): FieldResolver[] {
    return this.handlers
      .fieldResolvers()
      .filter(
        ({ controller, handler }) =>
          !isEveryone(this.policies.ofHandler(controller, handler).callers),
      );
  }
}

/** Whether a resolver of `field` resolves a root field: as the field itself, or as that of an interface that the root type implements. */
function isResolverOf(rootField: string, field: string, schema: Schema): boolean {
  const [rootName = '', name] = rootField.split('.');
  const interfaces = typeNamed(rootName, schema)?.getInterfaces?.() ?? [];
  return (
    fieldNameIn(schema, field) === rootField ||
    interfaces.some((one) => field === `${one.name}.${name}`)
  );
}

function isRootField(field: string, schema: Schema): boolean {
  return rootFieldsOf(schema).some(({ name }) => name === fieldNameIn(schema, field));
}
