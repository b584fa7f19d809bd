import { typeNamed, type Schema } from '../../transport/graphql/schema-types.js';

/** As much of the types of arguments as is looked at. */
interface ArgumentType {
  readonly name?: string;
  /** Of a list or a type that is not null. */
  readonly ofType?: ArgumentType;
  /** Of an input object. */
  getFields?(): Record<string, Argument>;
}

interface Argument {
  readonly name: string;
  readonly type: ArgumentType;
}

interface TypeWithArguments {
  getFields?(): Record<string, { readonly args?: readonly Argument[] }>;
}

/** The arguments of a field such as `Query.reports`, and the fields of input objects in them, such as `filter.orgId`. */
export function argumentNamesOf(field: string, schema: Schema): string[] {
  const [typeName = '', fieldName = ''] = field.split('.');
  const type = typeNamed(typeName, schema) as TypeWithArguments | undefined;
  const found: string[] = [];
  const seen = new Set<string | undefined>();
  const waiting = [...(type?.getFields?.()[fieldName]?.args ?? [])];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { name, type: argumentType } = next;
    found.push(name);
    const input = unwrap(argumentType);
    // An input object can contain itself.
    if (input.getFields === undefined || seen.has(input.name)) continue;
    seen.add(input.name);
    waiting.push(
      ...Object.values(input.getFields()).map((inner) => ({
        name: `${name}.${inner.name}`,
        type: inner.type,
      })),
    );
  }
  return found;
}

function unwrap(type: ArgumentType): ArgumentType {
  return type.ofType === undefined ? type : unwrap(type.ofType);
}
