import { OPEN_ACCESS, isForEveryone } from '../rules/handler-access.js';
import {
  fieldNameIn,
  reachableTypes,
  rootFieldsOf,
  type Schema,
} from '../transports/graphql/schema-types.js';
import type { AccessedHandler } from './handler-audit.js';
import { schemaFieldOf } from './application/handler-names.js';
import type { ServedSchema } from './application/served-schemas.js';

/** The access modes of operations that ask no caller for anything, the weakest first. */
const FOR_EVERYONE = ['open', 'public'] as const;

/**
 * Finds the GraphQL fields that a query reaches below an operation for everyone, under `@Public()` or without any guard. A field without a
 * rule belongs to its operation, so every caller reaches these fields, even if they are below guarded operations as well.
 *
 * @param handlers all handlers of the application
 * @returns the fields, described by what every caller reaches
 */
export function fieldsForEveryone(
  handlers: readonly AccessedHandler[],
  schemas: readonly ServedSchema[],
): AccessedHandler[] {
  const found = new Map<AccessedHandler['subject'], AccessedHandler>();
  for (const served of schemas) {
    for (const access of FOR_EVERYONE) {
      for (const { subject } of fieldsBelow(access, served, handlers)) {
        if (!found.has(subject))
          found.set(subject, { subject, access: { ...OPEN_ACCESS, access } });
      }
    }
  }
  return [...found.values()];
}

function fieldsBelow(
  mode: string,
  { schema, hasResolver }: ServedSchema,
  handlers: readonly AccessedHandler[],
): AccessedHandler[] {
  const served = handlers.filter(({ subject }) => hasResolver(subject.controller));
  const operations = namesOf(
    served.filter(({ subject, access }) => subject.kind === 'operation' && access.access === mode),
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
function rejectsStrangers({ subject, access }: AccessedHandler): boolean {
  return subject.kind === 'field' && subject.policy.isExplicit && !isForEveryone(access.access);
}

function isWithoutRule({ subject: { kind, policy } }: AccessedHandler): boolean {
  return kind === 'field' && !policy.isExplicit && policy.exemptedBy === undefined;
}

function namesOf(handlers: readonly AccessedHandler[], schema: Schema): Set<string> {
  return new Set(handlers.map(({ subject }) => fieldNameIn(schema, schemaFieldOf(subject).field)));
}

/** Whether a handler resolves a field of these types. The resolver of a type or of references is no field. */
function isFieldOf(types: ReadonlySet<string>, { subject }: AccessedHandler): boolean {
  const { typeName, field } = schemaFieldOf(subject);
  return types.has(typeName) && !field.startsWith(`${typeName}.__`);
}
