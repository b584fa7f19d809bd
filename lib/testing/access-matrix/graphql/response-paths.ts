import {
  isList,
  isOf,
  namedType,
  type GraphqlField,
  type GraphqlSchema,
  type GraphqlType,
} from './schema-parts.js';

/** A field on the way from a root type to a resolver. */
export interface Step {
  readonly parentType: GraphqlType;
  readonly field: GraphqlField;
}

/**
 * The shortest way from one of the root fields to objects of a type; `undefined` if there is none.
 *
 * @param isPassed whether a way may go on through a field below the first
 */
export function stepsTo(
  target: GraphqlType,
  roots: readonly Step[],
  schema: GraphqlSchema,
  isPassed: (step: Step) => boolean,
): readonly Step[] | undefined {
  const seen = new Set<GraphqlType>();
  let ways: readonly (readonly Step[])[] = roots.map((root) => [root]);
  while (ways.length > 0) {
    const found = ways.find((way) => objectsOf(way, schema).includes(target));
    if (found !== undefined) return found;
    ways = ways.flatMap((way) =>
      objectsOf(way, schema)
        .filter((type) => !seen.has(type) && seen.add(type))
        .flatMap((parentType) =>
          Object.values(parentType.getFields?.() ?? {})
            .map((field) => ({ parentType, field }))
            .filter(isPassed)
            .map((step) => [...way, step]),
        ),
    );
  }
  return undefined;
}

/** The object types that a way can end with, and their interfaces. */
function objectsOf(way: readonly Step[], schema: GraphqlSchema): GraphqlType[] {
  const type = namedType((way.at(-1) as Step).field.type);
  const possible = isOf(type, 'Interface', 'Union') ? schema.getPossibleTypes(type) : [];
  return [type, ...possible].flatMap((one) => [one, ...(one.getInterfaces?.() ?? [])]);
}

/** The path of a field in a response: its name or alias, below the fields and list indexes above it. */
interface ResponsePath {
  readonly prev: ResponsePath | undefined;
  readonly key: string | number;
  readonly typename: string | undefined;
}

/** The path of the last field of a way. */
export function responsePathOf(way: readonly Step[]): ResponsePath {
  let path: ResponsePath | undefined;
  for (const [index, { parentType, field }] of way.entries()) {
    path = { prev: path, key: field.name, typename: parentType.name };
    if (index < way.length - 1 && hasList(field.type)) {
      path = { prev: path, key: 0, typename: undefined };
    }
  }
  return path as ResponsePath;
}

function hasList(type: GraphqlType): boolean {
  return isList(type) || (type.ofType !== undefined && hasList(type.ofType));
}
