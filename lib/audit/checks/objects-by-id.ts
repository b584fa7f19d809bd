import {
  typeNamed,
  unwrap,
  type GraphqlType,
  type Schema,
} from '../../transports/graphql/schema-types.js';

/** The names of arguments that identify an object of any type, as those of Relay's `node(id)` and `nodes(ids)`. */
const ID_NAMES = new Set(['id', 'ids', 'uuid', 'uuids']);

/**
 * Where an operation such as Relay's `node(id)` names objects of organizations: the argument and the types, as `argument id of Report`. Only
 * an interface or a union of several such types counts: the resolver of one type, or of a type and an error, can check that type.
 *
 * @param field the operation, as `Query.node`
 * @param orgNames the names that the application uses for its organizations, in lower case
 */
export function orgObjectsById(
  field: string,
  schema: Schema,
  orgNames: ReadonlySet<string>,
): string[] {
  const [typeName = '', fieldName = ''] = field.split('.');
  const operation = typeNamed(typeName, schema)?.getFields?.()[fieldName];
  if (operation === undefined) return [];
  const types = typesOfOrgs(unwrap(operation.type), schema, orgNames);
  if (types.length < 2) return [];
  return (operation.args ?? [])
    .filter(({ name }) => ID_NAMES.has(name.toLowerCase()))
    .map(({ name }) => `argument ${name} of ${types.join(' or ')}`);
}

/** The object types of an interface or union that have a field with the name of an organization. */
function typesOfOrgs(type: GraphqlType, schema: Schema, orgNames: ReadonlySet<string>): string[] {
  if (!('resolveType' in type)) return [];
  return schema
    .getPossibleTypes(type)
    .filter((one) =>
      Object.keys(one.getFields?.() ?? {}).some((name) => orgNames.has(name.toLowerCase())),
    )
    .map(({ name }) => String(name));
}
