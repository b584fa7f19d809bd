import { isEveryone } from '../../rules/callers.js';
import { OPEN_ACCESS, isForEveryone } from '../../rules/handler-access.js';
import {
  fieldNameIn,
  reachableTypes,
  rootFieldsOf,
  typeNamed,
  type GraphqlSchema,
} from '../../transports/graphql/schema-types.js';
import type { ApplicationHandler } from './application-handlers.js';
import { schemaFieldOf } from './handler-names.js';
import { operationsIn, type ServedSchema } from './served-schemas.js';

/** The resolver of a field or reference, and the root field through which a query reaches it without a decision. */
interface ReachedResolver {
  readonly handler: ApplicationHandler;
  readonly field: string;
  readonly reachedBy: string;
}

/**
 * The resolvers of fields and references that a query reaches without a decided operation above them, whether or not Nest calls guards for
 * them: those of `_entities`, of root types with other names, and of root fields that Nest does not resolve.
 */
export function resolversWithoutOperation(
  schemas: readonly ServedSchema[],
  handlers: readonly ApplicationHandler[],
): ReachedResolver[] {
  // The fields of root types are operations, and not among these.
  const resolvers = handlers.filter(
    ({ type, policy }) => (type === 'field' || type === 'reference') && !isEveryone(policy.callers),
  );
  return schemas.flatMap((served) => {
    const { schema, hasResolver } = served;
    const operations = operationsIn(served, handlers);
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
function isResolverOf(rootField: string, field: string, schema: GraphqlSchema): boolean {
  const [rootName = '', name] = rootField.split('.');
  const interfaces = typeNamed(rootName, schema)?.getInterfaces?.() ?? [];
  return (
    fieldNameIn(schema, field) === rootField ||
    interfaces.some((one) => field === `${one.name}.${name}`)
  );
}

function isRootField(field: string, schema: GraphqlSchema): boolean {
  return rootFieldsOf(schema).some(({ name }) => name === fieldNameIn(schema, field));
}

/** The access modes of operations that ask no caller for anything, the weakest first. */
const FOR_EVERYONE = ['open', 'public'] as const;

/**
 * Finds the GraphQL fields that a query reaches below an operation for everyone, under `@Public()` or without any guard. A field without a
 * rule belongs to its operation, so every caller reaches these fields, even if they are below guarded operations as well.
 *
 * @param handlers all handlers of the application
 * @returns the fields, each with the access that every caller has
 */
export function fieldsForEveryone(
  handlers: readonly ApplicationHandler[],
  schemas: readonly ServedSchema[],
): ApplicationHandler[] {
  const found = new Map<ApplicationHandler, ApplicationHandler>();
  for (const served of schemas) {
    for (const access of FOR_EVERYONE) {
      for (const field of fieldsBelow(access, served, handlers)) {
        if (!found.has(field)) found.set(field, { ...field, access: { ...OPEN_ACCESS, access } });
      }
    }
  }
  return [...found.values()];
}

function fieldsBelow(
  mode: string,
  { schema, hasResolver }: ServedSchema,
  handlers: readonly ApplicationHandler[],
): ApplicationHandler[] {
  const served = handlers.filter(({ controller }) => hasResolver(controller));
  const operations = namesOf(
    served.filter(({ type, access }) => type === 'operation' && access.access === mode),
    schema,
  );
  if (operations.size === 0) return [];
  const roots = rootFieldsOf(schema);
  const barriers = namesOf(served.filter(rejectsStrangers), schema);
  for (const { name } of roots) barriers.add(name);
  const types = reachableTypes(
    roots.filter(({ name }) => operations.has(name)).map(({ type }) => type),
    schema,
    (field) => !barriers.has(field),
  );
  return served.filter((one) => isWithoutRule(one) && isFieldOf(types, one));
}

/** Whether a field has a rule, so that strangers get neither its value nor what is below it. */
function rejectsStrangers({ type, policy, access }: ApplicationHandler): boolean {
  return type === 'field' && policy.isExplicit && !isForEveryone(access.access);
}

function isWithoutRule({ type, policy }: ApplicationHandler): boolean {
  return type === 'field' && !policy.isExplicit && policy.exemptedBy === undefined;
}

function namesOf(handlers: readonly ApplicationHandler[], schema: GraphqlSchema): Set<string> {
  return new Set(handlers.map((handler) => fieldNameIn(schema, schemaFieldOf(handler).field)));
}

/** Whether a handler resolves a field of these types. The resolver of a type or of references is no field. */
function isFieldOf(types: ReadonlySet<string>, handler: ApplicationHandler): boolean {
  const { typeName, field } = schemaFieldOf(handler);
  return types.has(typeName) && !field.startsWith(`${typeName}.__`);
}
