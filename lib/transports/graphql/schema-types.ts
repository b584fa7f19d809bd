/** The part of GraphQL's types that is read here: the package `graphql` need not be installed. */
export interface GraphqlSchema {
  getQueryType(): GraphqlType | null | undefined;
  getMutationType(): GraphqlType | null | undefined;
  getSubscriptionType(): GraphqlType | null | undefined;
  getPossibleTypes(type: GraphqlType): readonly GraphqlType[];
  getTypeMap(): Record<string, GraphqlType>;
}

export interface GraphqlType {
  readonly name?: string;
  /** The type as documents write it, such as `[Report!]`. */
  toString(): string;
  /** Only for a list or a non-null type: the type inside. */
  readonly ofType?: GraphqlType;
  /** Only for an object, an interface or an input object. */
  getFields?(): Record<string, GraphqlField>;
  /** Only for an object or an interface. */
  getInterfaces?(): readonly GraphqlType[];
  /** Only for an interface or a union. */
  readonly resolveType?: unknown;
  /** Only for an enum. */
  getValues?(): readonly { readonly name: string }[];
  /** Only for a scalar or an enum: parses a value of a client. */
  parseValue?(value: unknown): unknown;
}

/** An argument, or a field of an input object. */
export interface GraphqlInput {
  readonly name: string;
  readonly type: GraphqlType;
  readonly defaultValue?: unknown;
  /** The default value, since GraphQL.js 17. */
  readonly default?: unknown;
}

interface GraphqlField extends GraphqlInput {
  /** Absent for a field of an input object. */
  readonly args?: readonly GraphqlInput[];
}

/** A field, by its name as `Query.reports`. */
interface NamedField {
  readonly name: string;
  readonly type: GraphqlType;
}

/** The root types of a schema, whatever they are called. */
export function rootTypesOf(schema: GraphqlSchema): GraphqlType[] {
  return [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap(
    (root) => root ?? [],
  );
}

/** Whether a type is a root type, by the type itself or its name. It is asked for each field. */
export function isRootType(type: unknown, schema: GraphqlSchema): boolean {
  return (
    isRoot(schema.getQueryType()) ||
    isRoot(schema.getMutationType()) ||
    isRoot(schema.getSubscriptionType())
  );

  function isRoot(root: GraphqlType | null | undefined): boolean {
    return (
      root !== null &&
      root !== undefined &&
      (root === type || (root.name !== undefined && root.name === type))
    );
  }
}

/** A type by the name that a resolver gives it: Nest calls root types by their usual names, whatever the schema calls them. */
export function typeNamed(name: string, schema: GraphqlSchema): GraphqlType | undefined {
  const rootTypes = new Map([
    ['Query', schema.getQueryType()],
    ['Mutation', schema.getMutationType()],
    ['Subscription', schema.getSubscriptionType()],
  ]);
  return schema.getTypeMap()[name] ?? rootTypes.get(name) ?? undefined;
}

/** A field such as `Query.reports`, as the schema calls it. */
export function fieldNameIn(schema: GraphqlSchema, field: string): string {
  const [typeName = '', fieldName] = field.split('.');
  return `${typeNamed(typeName, schema)?.name ?? typeName}.${fieldName}`;
}

export function rootFieldsOf(schema: GraphqlSchema): NamedField[] {
  return rootTypesOf(schema).flatMap(fieldsOf);
}

/**
 * The names of the types whose objects fields of these types can return, at any depth.
 *
 * @param isPassed whether to follow a field
 */
export function reachableTypes(
  types: readonly GraphqlType[],
  schema: GraphqlSchema,
  isPassed: (field: string) => boolean,
): Set<string> {
  const names = new Set<string>();
  // A resolver of an interface may be that of an object type with this interface. Other object types with it are not reached by that.
  const interfaces = new Set<string>();
  const waiting = [...types];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const named = unwrap(next);
    if (named.name === undefined || names.has(named.name)) continue;
    names.add(named.name);
    const fields = fieldsOf(named).filter(({ name }) => isPassed(name));
    waiting.push(...fields.map((field) => field.type));
    for (const { name } of named.getInterfaces?.() ?? [])
      if (name !== undefined) interfaces.add(name);
    if ('resolveType' in named) waiting.push(...schema.getPossibleTypes(named));
  }
  return new Set([...names, ...interfaces]);
}

function fieldsOf(type: GraphqlType): NamedField[] {
  return Object.entries(type.getFields?.() ?? {}).map(([field, { type: returned }]) => ({
    name: `${type.name}.${field}`,
    type: returned,
  }));
}

/** The type inside of lists and non-null types. */
export function unwrap(type: GraphqlType): GraphqlType {
  return type.ofType === undefined ? type : unwrap(type.ofType);
}
