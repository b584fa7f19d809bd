import { isDeepStrictEqual } from 'node:util';
import { isRequired, readsOf } from '../options/org-source-description.js';
import type { OrgSourceReads } from '../options/org-source.interface.js';
import type { HandlerAccess } from '../rules/handler-access.js';
import type {
  Operation,
  RequestBody,
  Schema,
  SchemaOrReference,
  Schemas,
} from './openapi-types.js';
import { NAMES_THE_ORGANIZATION } from './operation-parameters.js';

/** What the request body of an operation depends on, besides its rules. */
interface BodyContext {
  /** In lower case. */
  readonly method: string;
  /** The content types that the route says it takes. */
  readonly consumes: readonly string[];
  /** The schemas of the document, which other operations share. */
  readonly schemas: Schemas;
}

/** The request body of an operation with the properties that its organization rules read. */
export function withRuleProperties(
  declared: Operation['requestBody'],
  { orgSources }: HandlerAccess,
  { method, consumes, schemas }: BodyContext,
): Operation['requestBody'] {
  const read = readsOf(orgSources).filter(({ from }) => from === 'body');
  // Browsers and fetch() send no body with these.
  if (read.length === 0 || ['get', 'head'].includes(method)) return declared;
  if (declared !== undefined && '$ref' in declared) return declared;
  const contentTypes = consumes.length > 0 ? consumes : ['application/json'];
  const content: RequestBody['content'] =
    declared?.content ?? Object.fromEntries(contentTypes.map((type) => [type, {}]));
  return {
    ...declared,
    required: declared?.required === true || read.some(isRequired),
    content: Object.fromEntries(
      Object.entries(content).map(([type, media]) => [
        type,
        { ...media, schema: withProperties(media.schema, read, schemas) },
      ]),
    ),
  };
}

/** A schema with these properties. A schema that operations share stays as it is. */
function withProperties(
  declared: SchemaOrReference | undefined,
  read: readonly OrgSourceReads[],
  schemas: Schemas,
): SchemaOrReference {
  const known = declared === undefined ? {} : resolve(declared, schemas);
  const added = objectWith(read, known.properties ?? {});
  if (declared === undefined) return added;
  // A string, a file or an array has no properties.
  if (typeof known.type === 'string' && known.type !== 'object') return declared;
  if (isDeclared(added, known)) return declared;
  if (!canTakeProperties(declared)) return { allOf: [declared, added] };
  const required = [...new Set([...(declared.required ?? []), ...(added.required ?? [])])];
  return {
    ...declared,
    type: 'object',
    properties: { ...declared.properties, ...added.properties },
    ...(required.length > 0 && { required }),
  };
}

/** Whether a schema already has these properties, required and described. */
function isDeclared({ properties = {}, required = [] }: Schema, known: Schema): boolean {
  return (
    required.every((name) => known.required?.includes(name)) &&
    Object.entries(properties).every(([name, property]) =>
      isDeepStrictEqual(property, known.properties?.[name]),
    )
  );
}

/** An object with these properties. Those that are not known are strings. */
function objectWith(
  read: readonly OrgSourceReads[],
  known: NonNullable<Schema['properties']>,
): Schema {
  const properties = read.map(({ name = '', description = NAMES_THE_ORGANIZATION }) => {
    const property = (Object.hasOwn(known, name) && known[name]) || { type: 'string' };
    // Beside a reference, OpenAPI 3.0 ignores a description.
    return [name, '$ref' in property ? property : { description, ...property }] as const;
  });
  const required = [...new Set(read.filter(isRequired).map(({ name = '' }) => name))];
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.length > 0 && { required }),
  };
}

/** Whether properties can be added to the schema itself: it is neither shared nor a combination of schemas. */
function canTakeProperties(schema: SchemaOrReference): schema is Schema {
  return !['$ref', 'allOf', 'oneOf', 'anyOf'].some((keyword) => keyword in schema);
}

function resolve(schema: SchemaOrReference, schemas: Schemas): Schema {
  if (!('$ref' in schema)) return schema;
  const found = schemas[schema.$ref.replace('#/components/schemas/', '')];
  return found === undefined || '$ref' in found ? {} : found;
}
