import { isEveryone } from '../rules/callers.js';
import { isUndecided } from '../rules/handler-access.js';
import type { Policies } from '../rules/policies.js';
import {
  fieldNameIn,
  reachableTypes,
  rootFieldsOf,
  typeNamed,
  type Schema,
} from '../transports/graphql/schema-types.js';
import { guardsFields } from './application/application-handlers.js';
import { schemaFieldOf } from './application/handler-names.js';
import { operationsIn, type ServedSchema } from './application/served-schemas.js';
import type { AuditedHandler } from './checks/audited-handler.js';

/** The resolver of a field or reference, and the root field through which a query reaches it without a decision. */
interface ReachedResolver {
  readonly handler: AuditedHandler;
  readonly field: string;
  readonly reachedBy: string;
}

/** The fields that a global guard seems to protect, but does not: a query reaches them without a decision, and Nest calls no guards for fields. */
export function findOpenFields(
  schemas: readonly ServedSchema[],
  handlers: readonly AuditedHandler[],
  policies: Policies,
): string[] {
  // The global guard protects the fields for which Nest calls guards.
  const unguarded = schemas.filter(({ options }) => !guardsFields(options));
  return resolversWithoutOperation(unguarded, handlers, policies)
    .filter(({ handler }) => handler.policy.exemptedBy === undefined)
    .map(
      ({ handler: { controller, name }, field, reachedBy }) =>
        `${controller.name}.${name} (GraphQL field ${field}): the field is open, because no guard checks ${reachedBy} ` +
        "above it, and Nest does not call guards for fields. Add fieldResolverEnhancers: ['guards'] to the options of " +
        'GraphQLModule.',
    );
}

/** The schemas whose queries are compiled, by a handler whose calls the guard therefore rejects. */
export function findCompiledQueries(
  schemas: readonly ServedSchema[],
  handlers: readonly AuditedHandler[],
): string[] {
  return schemas
    .filter(({ options }) => Boolean(options.jit))
    .flatMap(
      ({ hasResolver }) =>
        handlers.find(
          ({ controller, access }) => hasResolver(controller) && !isUndecided(access),
        ) ?? [],
    )
    .map(
      ({ controller, name }) =>
        `GraphQLModule: jit compiles queries, the guard rejects calls of compiled queries, and ${controller.name}.${name} is ` +
        'guarded. Remove jit from the options of GraphQLModule.',
    );
}

/**
 * The resolvers of fields and references that a query reaches without a decided operation above them, whether or not Nest calls guards for
 * them: those of `_entities`, of root types with other names, and of root fields that Nest does not resolve.
 */
export function resolversWithoutOperation(
  schemas: readonly ServedSchema[],
  handlers: readonly AuditedHandler[],
  policies: Policies,
): ReachedResolver[] {
  // The fields of root types are operations, and not among these.
  const resolvers = handlers.filter(
    ({ kind, policy }) => (kind === 'field' || kind === 'reference') && !isEveryone(policy.callers),
  );
  return schemas.flatMap((served) => {
    const { schema, hasResolver } = served;
    const operations = operationsIn(served, handlers, policies);
    const ofSchema = resolvers.filter(({ controller }) => hasResolver(controller));
    return rootFieldsOf(schema)
      .filter(({ name }) => !operations.has(name))
      .flatMap(({ name: reachedBy, type }) => {
        const types = reachableTypes([type], schema, (field) => !operations.has(field));
        return ofSchema
          .map((handler) => ({ handler, ...schemaFieldOf(handler), reachedBy }))
          .filter(
            ({ typeName, field }) =>
              isResolverOf(reachedBy, field, schema) ||
              // A type may have another name in the schema than its class.
              ((types.has(typeName) || typeNamed(typeName, schema) === undefined) &&
                !isRootField(field, schema)),
          );
      });
  });
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
