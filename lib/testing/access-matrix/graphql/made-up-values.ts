import {
  isList,
  isNonNull,
  isOf,
  isRequired,
  type GraphqlInput,
  type GraphqlType,
} from './schema-parts.js';

/** The required value of an argument, at a path of names. */
export interface Wish {
  readonly path: readonly string[];
  readonly value: unknown;
}

/** No value can be made up for a required input. */
export class CannotMakeUp extends Error {
  constructor(
    readonly input: string,
    readonly type: string,
  ) {
    super(`No value of the type ${type} for ${input} can be made up.`);
  }
}

/** Values that custom scalars may accept. Each scalar decides for itself. */
const GUESSES: readonly unknown[] = [
  '1',
  1,
  true,
  '2026-01-01T00:00:00.000Z',
  '2026-01-01',
  '0b0f7d1c-0000-4000-8000-000000000001',
  'toHold@example.com',
  'https://example.com',
  {},
];

const BUILT_IN: Readonly<Record<string, unknown>> = {
  String: '1',
  ID: '1',
  Int: 1,
  Float: 1,
  Boolean: true,
};

/**
 * Values for inputs as a client sends them: for the required inputs, and for the wishes.
 *
 * @throws {CannotMakeUp} if a required custom scalar accepts none of the guesses
 */
export function madeUpInputs(
  inputs: readonly GraphqlInput[],
  wishes: readonly Wish[],
): Record<string, unknown> {
  return Object.fromEntries(
    inputs
      .map((input) => ({ input, wishes: wishesBelow(wishes, input.name) }))
      .filter(({ input, wishes: own }) => isRequired(input) || own.length > 0)
      .map(({ input, wishes: own }) => [input.name, madeUpValue(input, input.type, own)]),
  );
}

function madeUpValue(input: GraphqlInput, type: GraphqlType, wishes: readonly Wish[]): unknown {
  const wish = wishes.find(({ path }) => path.length === 0);
  if (wish !== undefined) return wish.value;
  if (isNonNull(type)) return madeUpValue(input, type.ofType as GraphqlType, wishes);
  if (isList(type)) return [];
  if (isOf(type, 'Enum')) return type.getValues?.()[0]?.name;
  if (isOf(type, 'InputObject')) return madeUpObject(type, wishes);
  return BUILT_IN[type.name as string] ?? guessFor(input, type);
}

function madeUpObject(type: GraphqlType, wishes: readonly Wish[]): Record<string, unknown> {
  const fields: GraphqlInput[] = Object.values(type.getFields?.() ?? {});
  if (type.isOneOf !== true) return madeUpInputs(fields, wishes);
  const one = fields.find(({ name }) => wishesBelow(wishes, name).length > 0) ?? simplest(fields);
  if (one === undefined) return {};
  return { [one.name]: madeUpValue(one, one.type, wishesBelow(wishes, one.name)) };
}

/** A field that leads to no further input object, which could lead back. */
function simplest(fields: readonly GraphqlInput[]): GraphqlInput | undefined {
  return fields.find(({ type }) => !isOf(type, 'InputObject')) ?? fields[0];
}

function guessFor({ name }: GraphqlInput, type: GraphqlType): unknown {
  const guess = GUESSES.find((value) => takes(type, value));
  if (guess === undefined) throw new CannotMakeUp(name, String(type.name));
  return guess;
}

function takes(scalar: GraphqlType, value: unknown): boolean {
  try {
    return scalar.parseValue?.(value) !== undefined;
  } catch {
    return false;
  }
}

function wishesBelow(wishes: readonly Wish[], name: string): Wish[] {
  return wishes
    .filter(({ path }) => path[0] === name)
    .map(({ path, value }) => ({ path: path.slice(1), value }));
}
