import { type GraphqlInput, type GraphqlType } from '../../../transports/graphql/schema-types.js';
import { CannotCall } from '../cannot-call.js';
import { kindOf } from './graphql-endpoints.js';

/** Values that scalars may accept. Each scalar decides for itself. */
const GUESSES: readonly unknown[] = [
  '1',
  1,
  true,
  '2026-01-01T00:00:00.000Z',
  '0b0f7d1c-0000-4000-8000-000000000001',
  'https://example.com',
  {},
];

/**
 * Makes up values for the required inputs, as a client sends them.
 *
 * @param wishes the values that are needed at paths of names, such as `filter.orgId`
 * @throws {CannotCall} if a required custom scalar accepts none of the guesses
 */
export function inputValues(
  inputs: readonly GraphqlInput[],
  wishes: Readonly<Record<string, unknown>>,
  prefix = '',
): Record<string, unknown> {
  const isWished = (path: string) =>
    Object.keys(wishes).some((wish) => wish === path || wish.startsWith(`${path}.`));
  return Object.fromEntries(
    inputs
      .filter((input) => isRequired(input) || isWished(prefix + input.name))
      .map(({ name, type }) => [name, valueFor(type, wishes, prefix + name)]),
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
      return guessFor(type, path);
  }
}

function guessFor(scalar: GraphqlType, path: string): unknown {
  const guess = GUESSES.find((value) => {
    try {
      return scalar.parseValue?.(value) !== undefined;
    } catch {
      return false;
    }
  });
  if (guess !== undefined) return guess;
  throw new CannotCall(
    `It needs a value of the scalar ${scalar.name} for ${path}. Return one from argsFor: { args: { … } }.`,
  );
}
