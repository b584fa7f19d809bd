import { typeNamed, unwrap, type Schema } from '../../transports/graphql/schema-types.js';

/** The arguments of a field such as `Query.reports`, and the fields of input objects in them, such as `filter.orgId`. */
export function argumentNamesOf(field: string, schema: Schema): string[] {
  const [typeName = '', fieldName = ''] = field.split('.');
  const found: string[] = [];
  const seen = new Set<string | undefined>();
  const waiting = [...(typeNamed(typeName, schema)?.getFields?.()[fieldName]?.args ?? [])];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { name, type } = next;
    found.push(name);
    const input = unwrap(type);
    // An input object can contain itself.
    if (input.getFields === undefined || seen.has(input.name)) continue;
    seen.add(input.name);
    for (const [inner, { type: innerType }] of Object.entries(input.getFields())) {
      waiting.push({ name: `${name}.${inner}`, type: innerType });
    }
  }
  return found;
}
