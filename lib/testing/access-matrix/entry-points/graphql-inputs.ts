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

/** Makes up values for inputs, as a client sends them. */
export class GraphqlInputs {
  /** @param wishes the values that are needed at paths of names, such as `filter.orgId` */
  constructor(private readonly wishes: Readonly<Record<string, unknown>>) {}

  /**
   * Values for the required inputs and for the wishes.
   *
   * @throws {CannotCall} if a required custom scalar accepts none of the guesses
   */
  valuesFor(inputs: readonly GraphqlInput[], prefix = ''): Record<string, unknown> {
    return Object.fromEntries(
      inputs
        .filter((input) => isRequired(input) || this.isWished(prefix + input.name))
        .map(({ name, type }) => [name, this.valueFor(type, prefix + name)]),
    );
  }

  private isWished(path: string): boolean {
    return Object.keys(this.wishes).some((wish) => wish === path || wish.startsWith(`${path}.`));
  }

  private valueFor(type: GraphqlType, path: string): unknown {
    if (Object.hasOwn(this.wishes, path)) return this.wishes[path];
    switch (kindOf(type)) {
      case 'GraphQLNonNull':
        return this.valueFor(type.ofType as GraphqlType, path);
      case 'GraphQLList':
        return [];
      case 'GraphQLEnumType':
        return type.getValues?.()[0]?.name;
      case 'GraphQLInputObjectType':
        return this.objectFor(type, path);
      default:
        return guessFor(type, path);
    }
  }

  private objectFor(type: GraphqlType, path: string): Record<string, unknown> {
    const fields: GraphqlInput[] = Object.values(type.getFields?.() ?? {});
    const values = this.valuesFor(fields, `${path}.`);
    if (type.isOneOf !== true || Object.keys(values).length > 0) return values;
    // A field that leads to no further input object, which could lead back.
    const one =
      fields.find((field) => kindOf(field.type) !== 'GraphQLInputObjectType') ?? fields[0];
    return one === undefined ? {} : { [one.name]: this.valueFor(one.type, `${path}.${one.name}`) };
  }
}

/** Whether clients must give an argument, or a field of an input object. */
function isRequired(input: GraphqlInput): boolean {
  return (
    kindOf(input.type) === 'GraphQLNonNull' &&
    input.defaultValue === undefined &&
    input.default === undefined
  );
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
