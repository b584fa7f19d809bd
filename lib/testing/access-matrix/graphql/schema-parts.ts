import { typeNamed, type Schema } from '../../../transports/graphql/schema-types.js';

/** As much of a type of GraphQL as arguments, documents and paths are made by: the package `graphql` need not be installed. */
export interface GraphqlType {
  readonly name?: string;
  /** As documents write it, such as `[Report!]`. */
  toString(): string;
  /** Of a list or a type that is not null. */
  readonly ofType?: GraphqlType;
  /** Of an object, an interface or an input object. */
  getFields?(): Record<string, GraphqlField>;
  /** Of an object or an interface. */
  getInterfaces?(): readonly GraphqlType[];
  /** Of an enum: the names for clients, and the values for resolvers. */
  getValues?(): readonly { readonly name: string; readonly value: unknown }[];
  /** Of a scalar. */
  parseValue?(value: unknown): unknown;
  /** Of an input object, of whose fields exactly one is given. */
  readonly isOneOf?: boolean;
}

/** An argument, or a field of an input object. */
export interface GraphqlInput {
  readonly name: string;
  readonly type: GraphqlType;
  readonly defaultValue?: unknown;
  /** The default since GraphQL.js 17. */
  readonly default?: unknown;
}

export interface GraphqlField extends GraphqlInput {
  /** None of a field of an input object. */
  readonly args?: readonly GraphqlInput[];
}

/** A schema, with its types. */
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

/** Whether callers have to give an argument, or a field of an input object. */
export function isRequired(input: GraphqlInput): boolean {
  return isNonNull(input.type) && input.defaultValue === undefined && input.default === undefined;
}

/** The type itself, without lists and what is not null. */
export function namedType(type: GraphqlType): GraphqlType {
  return type.ofType === undefined ? type : namedType(type.ofType);
}

/** A field of a type, by its name such as `Query.reports`. */
export function fieldNamed(schema: GraphqlSchema, name: string): GraphqlField | undefined {
  const [typeName = '', fieldName = ''] = name.split('.');
  return (typeNamed(typeName, schema) as GraphqlType | undefined)?.getFields?.()[fieldName];
}

// GraphQL.js names its classes for tools: also where several copies of it are installed.
function tagOf(type: GraphqlType): string {
  return Object.prototype.toString.call(type).slice('[object '.length, -1);
}
