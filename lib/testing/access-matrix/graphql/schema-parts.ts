import { typeNamed, type Schema } from '../../../transports/graphql/schema-types.js';

/** The used API of a GraphQL type. The package `graphql` may not be installed. */
export interface GraphqlType {
  readonly name?: string;
  /** The type as documents write it, such as `[Report!]`. */
  toString(): string;
  /** The inner type of a list or non-null type. */
  readonly ofType?: GraphqlType;
  /** The fields of an object, an interface or an input object. */
  getFields?(): Record<string, GraphqlField>;
  /** The interfaces of an object or an interface. */
  getInterfaces?(): readonly GraphqlType[];
  /** The values of an enum: names for clients, values for resolvers. */
  getValues?(): readonly { readonly name: string; readonly value: unknown }[];
  /** Parses a value of a scalar. */
  parseValue?(value: unknown): unknown;
  /** Whether exactly one field of an input object must be given. */
  readonly isOneOf?: boolean;
}

/** An argument, or a field of an input object. */
export interface GraphqlInput {
  readonly name: string;
  readonly type: GraphqlType;
  readonly defaultValue?: unknown;
  /** The default value, since GraphQL.js 17. */
  readonly default?: unknown;
}

export interface GraphqlField extends GraphqlInput {
  /** The arguments of a field; fields of input objects have none. */
  readonly args?: readonly GraphqlInput[];
}

/** A schema with its types. */
export interface GraphqlSchema extends Schema {
  getQueryType(): GraphqlType | null | undefined;
  getMutationType(): GraphqlType | null | undefined;
  getSubscriptionType(): GraphqlType | null | undefined;
  getPossibleTypes(type: object): readonly GraphqlType[];
  getTypeMap(): Record<string, GraphqlType>;
}

type Kind = 'Scalar' | 'Object' | 'Interface' | 'Union' | 'Enum' | 'InputObject';

export function isList(type: GraphqlType): boolean {
  return tagOf(type) === 'GraphQLList';
}

export function isNonNull(type: GraphqlType): boolean {
  return tagOf(type) === 'GraphQLNonNull';
}

/** Whether a type is of one of these kinds. */
export function isOf(type: GraphqlType, ...kinds: Kind[]): boolean {
  return kinds.some((kind) => tagOf(type) === `GraphQL${kind}Type`);
}

/** Whether clients must give an argument, or a field of an input object. */
export function isRequired(input: GraphqlInput): boolean {
  return isNonNull(input.type) && input.defaultValue === undefined && input.default === undefined;
}

/** The innermost type of lists and non-null types. */
export function namedType(type: GraphqlType): GraphqlType {
  return type.ofType === undefined ? type : namedType(type.ofType);
}

/** The field with a name such as `Query.reports`. */
export function fieldNamed(schema: GraphqlSchema, name: string): GraphqlField | undefined {
  const [typeName = '', fieldName = ''] = name.split('.');
  return (typeNamed(typeName, schema) as GraphqlType | undefined)?.getFields?.()[fieldName];
}

// By tag instead of `instanceof`, because several copies of GraphQL.js may be installed.
function tagOf(type: GraphqlType): string {
  return Object.prototype.toString.call(type).slice('[object '.length, -1);
}
