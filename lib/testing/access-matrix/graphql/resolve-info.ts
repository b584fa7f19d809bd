import type { ResolveInfo } from '../../../transports/graphql/resolver-arguments.js';
import { responsePathOf, type Step } from './response-paths.js';
import type { GraphqlSchema } from './schema-parts.js';

/** A node of a document, as GraphQL.js parses it. */
interface FieldNode {
  readonly kind: 'Field';
  readonly name: { readonly kind: 'Name'; readonly value: string };
  readonly arguments: readonly unknown[];
  readonly directives: readonly unknown[];
  readonly selectionSet?: SelectionSet;
}

interface SelectionSet {
  readonly kind: 'SelectionSet';
  readonly selections: readonly FieldNode[];
}

/** The info that GraphQL.js passes to resolvers of the last field of a way, in an operation that selects only this field. */
export function resolveInfoFor(
  way: readonly Step[],
  schema: GraphqlSchema,
  args: Readonly<Record<string, unknown>>,
): ResolveInfo {
  const { parentType, field } = way.at(-1) as Step;
  const nodes = nodesOf(way);
  return {
    fieldName: field.name,
    fieldNodes: nodes.slice(-1),
    returnType: field.type,
    parentType,
    path: responsePathOf(way),
    schema,
    fragments: {},
    rootValue: undefined,
    operation: {
      kind: 'OperationDefinition',
      operation: operationTypeOf(way[0] as Step, schema),
      name: { kind: 'Name', value: 'toHold' },
      variableDefinitions: [],
      directives: [],
      selectionSet: selectionOf(nodes.slice(0, 1)),
    },
    variableValues: { ...args },
  } as ResolveInfo;
}

/** The AST nodes of the fields of a way. Each node selects the next one. */
function nodesOf(way: readonly Step[]): FieldNode[] {
  const nodes: FieldNode[] = [];
  for (const { field } of way.toReversed()) {
    nodes.unshift({
      kind: 'Field',
      name: { kind: 'Name', value: field.name },
      arguments: [],
      directives: [],
      ...(nodes.length > 0 && { selectionSet: selectionOf(nodes.slice(0, 1)) }),
    });
  }
  return nodes;
}

function selectionOf(selections: readonly FieldNode[]): SelectionSet {
  return { kind: 'SelectionSet', selections };
}

function operationTypeOf({ parentType }: Step, schema: GraphqlSchema): string {
  if (parentType === schema.getMutationType()) return 'mutation';
  return parentType === schema.getSubscriptionType() ? 'subscription' : 'query';
}
