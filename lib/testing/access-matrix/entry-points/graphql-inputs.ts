import { type GraphqlInput, type GraphqlType } from '../../../transports/graphql/schema-types.js';

/** Values of the scalars that are neither texts nor ids. Custom scalars may reject a text; the response says so. */
const SCALARS = new Map<string | undefined, unknown>([
  ['Int', 1],
  ['Float', 1],
  ['Boolean', true],
]);

/**
 * Makes up values for the required inputs, as a client sends them.
 *
 * @param wishes the values that are needed at paths of names, such as `filter.orgId`
 */
export function inputValues(
  inputs: readonly GraphqlInput[],
  wishes: Readonly<Record<string, unknown>>,
  prefix = '',
): Record<string, unknown> {
  const isWished = (name: string) =>
    Object.keys(wishes).some((wish) => `${wish}.`.startsWith(`${prefix}${name}.`));
  const needed = inputs.filter((one) => isRequired(one) || isWished(one.name));
  return Object.fromEntries(
    needed.map(({ name, type }) => [name, valueFor(type, wishes, prefix + name)]),
  );
}

/** Whether clients must give an argument, or a field of an input object. */
function isRequired(input: GraphqlInput): boolean {
  const isDefaulted = input.defaultValue !== undefined || input.default !== undefined;
  return kindOf(input.type) === 'GraphQLNonNull' && !isDefaulted;
}

function valueFor(
  type: GraphqlType,
  wishes: Readonly<Record<string, unknown>>,
  path: string,
): unknown {
  if (Object.hasOwn(wishes, path)) return wishes[path];
  switch (kindOf(type)) {
    case 'GraphQLNonNull':
      return valueFor(type.ofType as GraphqlType, wishes, path);
    case 'GraphQLList':
      return [];
    case 'GraphQLEnumType':
      return type.getValues?.()[0]?.name;
    case 'GraphQLInputObjectType':
      return inputValues(Object.values(type.getFields?.() ?? {}), wishes, `${path}.`);
    default:
      return SCALARS.get(type.name) ?? '1';
  }
}

/** The kind of a type, such as `GraphQLList`. By tag instead of `instanceof`, because several copies of GraphQL.js may be installed. */
function kindOf(type: GraphqlType): string {
  return Object.prototype.toString.call(type).slice('[object '.length, -1);
}
