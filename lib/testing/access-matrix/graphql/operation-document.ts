import { isOf, namedType, type GraphqlField } from './schema-parts.js';

/** An operation as a client sends it. */
export interface OperationDocument {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * An operation that selects one field of a root type.
 *
 * @param aliases the arguments of the field for each of its names in the response
 */
export function operationDocument(
  type: 'query' | 'mutation',
  field: GraphqlField,
  aliases: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): OperationDocument {
  const calls = Object.entries(aliases).map(([alias, args]) => {
    const given = (field.args ?? []).filter(({ name }) => Object.hasOwn(args, name));
    return {
      field: `${alias}: ${field.name}${inParentheses(given.map(({ name }) => `${name}: $${alias}_${name}`))}${selectionOf(field)}`,
      declarations: given.map((input) => `$${alias}_${input.name}: ${input.type.toString()}`),
      variables: given.map(({ name }): [string, unknown] => [`${alias}_${name}`, args[name]]),
    };
  });
  const declarations = inParentheses(calls.flatMap((call) => call.declarations));
  return {
    query: `${type} toHold${declarations} { ${calls.map((call) => call.field).join(' ')} }`,
    variables: Object.fromEntries(calls.flatMap(({ variables }) => variables)),
  };
}

/** The smallest selection of a field. */
function selectionOf({ type }: GraphqlField): string {
  return isOf(namedType(type), 'Object', 'Interface', 'Union') ? ' { __typename }' : '';
}

function inParentheses(parts: readonly string[]): string {
  return parts.length === 0 ? '' : `(${parts.join(', ')})`;
}
