import { isDeepStrictEqual } from 'node:util';
import type { HandlerAccess } from '../rules/handler-access.js';
import type { RuleParameter } from '../rules/rule.js';
import type {
  Operation,
  RequestBody,
  Schema,
  SchemaOrReference,
  Schemas,
} from './openapi-types.js';
import { parametersOf } from './operation-parameters.js';

/** The facts besides its rules that determine the request body of an operation. */
interface BodyContext {
  /** The HTTP method, in lower case. */
  readonly method: string;
  /** The content types that the route declares. */
  readonly consumes: readonly string[];
  /** The component schemas of the document, shared with other operations. */
  readonly schemas: Schemas;
}

/** Adds the properties that the organization rules read to the request body of an operation. */
export function withRuleProperties(
  declared: Operation['requestBody'],
  access: HandlerAccess,
  { method, consumes, schemas }: BodyContext,
): Operation['requestBody'] {
  const read = parametersOf(access).filter((parameter) => parameter.in === 'body');
  // Browsers and fetch() send no body with GET and HEAD.
  if (read.length === 0 || ['get', 'head'].includes(method)) return declared;
  if (declared !== undefined && '$ref' in declared) return declared;
  const contentTypes = consumes.length > 0 ? consumes : ['application/json'];
  const content: RequestBody['content'] =
    declared?.content ?? Object.fromEntries(contentTypes.map((type) => [type, {}]));
  return {
    ...declared,
    required: declared?.required === true || read.some(({ required }) => required),
    content: Object.fromEntries(
      Object.entries(content).map(([type, media]) => [
        type,
        { ...media, schema: withProperties(media.schema, read, schemas) },
      ]),
    ),
  };
}

/** Adds properties to a schema. A shared schema is not changed. */
function withProperties(
  declared: SchemaOrReference | undefined,
  read: readonly RuleParameter[],
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

/** Whether a schema already has the properties, with the same descriptions and requirements. */
function isDeclared({ properties = {}, required = [] }: Schema, known: Schema): boolean {
  return (
    required.every((name) => known.required?.includes(name)) &&
    Object.entries(properties).every(([name, property]) =>
      isDeepStrictEqual(property, known.properties?.[name]),
    )
  );
}

/** An object schema with the properties. Unknown properties are strings. */
function objectWith(
  read: readonly RuleParameter[],
  known: NonNullable<Schema['properties']>,
): Schema {
  const properties = read.map(({ name, description }) => {
    const property = (Object.hasOwn(known, name) && known[name]) || { type: 'string' };
    // OpenAPI 3.0 ignores a description next to a `$ref`.
    return [name, '$ref' in property ? property : { description, ...property }] as const;
  });
  const required = [...new Set(read.filter((one) => one.required).map(({ name }) => name))];
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.length > 0 && { required }),
  };
}

/** Whether properties can be added to the schema itself: a shared schema or a combination cannot take them. */
function canTakeProperties(schema: SchemaOrReference): schema is Schema {
  return !['$ref', 'allOf', 'oneOf', 'anyOf'].some((keyword) => keyword in schema);
}

function resolve(schema: SchemaOrReference, schemas: Schemas): Schema {
  if (!('$ref' in schema)) return schema;
  const found = schemas[schema.$ref.replace('#/components/schemas/', '')];
  return found === undefined || '$ref' in found ? {} : found;
}
