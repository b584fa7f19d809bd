import { isList, isNonNull, isOf, type GraphqlInput, type GraphqlType } from './schema-parts.js';

/** Inputs as resolvers get them, made from a client's values. Resolvers get the internal values of enums and scalars, and defaults. */
export function coercedInputs(
  inputs: readonly GraphqlInput[],
  sent: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const known = inputs.flatMap((input): [string, unknown][] => {
    if (Object.hasOwn(sent, input.name)) {
      return [[input.name, coercedValue(input.type, sent[input.name])]];
    }
    return input.defaultValue === undefined ? [] : [[input.name, input.defaultValue]];
  });
  // Organization sources may read names that the schema does not have.
  return { ...sent, ...Object.fromEntries(known) };
}

function coercedValue(type: GraphqlType, sent: unknown): unknown {
  if (sent === null || sent === undefined) return sent;
  if (isNonNull(type)) return coercedValue(type.ofType as GraphqlType, sent);
  if (isList(type)) {
    return [sent].flat().map((one) => coercedValue(type.ofType as GraphqlType, one));
  }
  if (isOf(type, 'InputObject')) {
    return coercedInputs(
      Object.values(type.getFields?.() ?? {}),
      sent as Readonly<Record<string, unknown>>,
    );
  }
  if (isOf(type, 'Enum')) return type.getValues?.().find(({ name }) => name === sent)?.value;
  return parsed(type, sent);
}

/** A value that the scalar rejects comes from the application, in the form for resolvers. */
function parsed(scalar: GraphqlType, sent: unknown): unknown {
  try {
    return scalar.parseValue?.(sent);
  } catch {
    return sent;
  }
}
