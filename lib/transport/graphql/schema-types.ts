/** As much of GraphQL's types as is looked at: the package `graphql` need not be installed. */
export interface Schema {
  getQueryType(): GraphqlType | null | undefined;
  getMutationType(): GraphqlType | null | undefined;
  getSubscriptionType(): GraphqlType | null | undefined;
  getPossibleTypes(type: GraphqlType): readonly GraphqlType[];
  getTypeMap(): Record<string, unknown>;
}

interface GraphqlType {
  readonly name?: string;
  /** Of a list or a type that is not null. */
  readonly ofType?: GraphqlType;
  /** Of an object or an interface. */
  getFields?(): Record<string, { readonly type: GraphqlType }>;
  /** Of an object or an interface. */
  getInterfaces?(): readonly GraphqlType[];
  /** Of an interface or a union. */
  readonly resolveType?: unknown;
}

/** A field of a root type, by its name as `Query.reports`. */
interface RootField {
  readonly name: string;
  readonly type: GraphqlType;
}

export function rootFieldsOf(schema: Schema): RootField[] {
  return [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap(
    (root) =>
      Object.entries(root?.getFields?.() ?? {}).map(([field, { type }]) => ({
        name: `${root?.name}.${field}`,
        type,
      })),
  );
}

/** The names of the types whose objects a field can return, at any depth. */
export function reachableTypes(type: GraphqlType, schema: Schema): Set<string> {
  const names = new Set<string>();
  const waiting = [type];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const named = unwrap(next);
    if (named.name === undefined || names.has(named.name)) continue;
    names.add(named.name);
    waiting.push(...Object.values(named.getFields?.() ?? {}).map((field) => field.type));
    waiting.push(...(named.getInterfaces?.() ?? []));
    if ('resolveType' in named) waiting.push(...schema.getPossibleTypes(named));
  }
  return names;
}

function unwrap(type: GraphqlType): GraphqlType {
  return type.ofType === undefined ? type : unwrap(type.ofType);
}
