import type { OrgSourceReads } from '../../options/org-source.interface.js';
import { parametersOf, type DecoratedParameter } from '../../rules/caller-parameters.js';
import type { ApplicationHandler } from './application-handlers.js';
import type { AuditedApplication } from './audited-application.js';
import { schemaFieldOf } from './handler-names.js';
import { pathParametersOf } from './path-parameters.js';
import { typeNamed, unwrap, type GraphqlSchema } from '../../transports/graphql/schema-types.js';

type Place = OrgSourceReads['from'];

/** A named value in the calls of a handler, such as a path parameter. */
export interface NamedValue {
  readonly from: Place;
  /** Its name, or the path to it, such as `filter.orgId` for a field of an input object. */
  readonly name: string;
  /** The path segment before a path parameter, such as `orgs` for `/orgs/:id`; `undefined` after another parameter. */
  readonly after?: string | undefined;
}

/** The number by which Nest's decorators mark the main part of a call: `@Body()`, `@Args()`, `@MessageBody()`, `@Payload()`. */
const MAIN_PART = 3;

/** The places that decorators such as `@Body()`, `@Query()`, `@Param()` and `@Headers()` read, by Nest's numbers of these decorators. */
const PLACES: Record<ApplicationHandler['type'], ReadonlyMap<number, Place>> = {
  http: new Map([
    [MAIN_PART, 'body'],
    [4, 'query'],
    [5, 'path'],
    [6, 'header'],
  ]),
  operation: new Map([[MAIN_PART, 'argument']]),
  field: new Map([[MAIN_PART, 'argument']]),
  reference: new Map(),
  gateway: new Map([[MAIN_PART, 'message']]),
  message: new Map([[MAIN_PART, 'message']]),
  mcp: new Map([[MAIN_PART, 'message']]),
};

/**
 * Lists the named values in the calls of a handler, as far as its path, its parameters and the schema show them. A parameter such as
 * `@Body()` without a name or `@Req()` shows nothing.
 *
 * @param path one of the paths of a route
 */
export function namedValuesOf(
  handler: ApplicationHandler,
  path: string | undefined,
  { schemas, hooks }: Pick<AuditedApplication, 'schemas' | 'hooks'>,
): NamedValue[] {
  const { controller, name, type } = handler;
  const ofParameters = parametersOf(controller, name).flatMap((one) => valuesOf(one, PLACES[type]));
  if (type === 'http') return distinct([...pathValuesOf(path ?? ''), ...ofParameters]);
  const isField = type === 'operation' || type === 'field';
  const inSchemas = isField
    ? schemas.flatMap(({ schema }) => argumentNamesOf(schemaFieldOf(handler).field, schema))
    : [];
  const inMessages = hooks.argumentNames?.(handler.handler) ?? [];
  return distinct([
    ...ofParameters,
    ...inSchemas.map((argument) => ({ from: 'argument' as const, name: argument })),
    ...inMessages.map((argument) => ({ from: 'message' as const, name: argument })),
  ]);
}

function pathValuesOf(path: string): NamedValue[] {
  const segments = path.split('/');
  return segments.flatMap((segment, index) => {
    const before = segments[index - 1] ?? '';
    const after = pathParametersOf(before).length === 0 ? before : undefined;
    return pathParametersOf(segment).map((name) => ({ from: 'path' as const, name, after }));
  });
}

function valuesOf(
  { type, data }: DecoratedParameter,
  places: ReadonlyMap<number, Place>,
): NamedValue[] {
  const from = places.get(type);
  return from === undefined || typeof data !== 'string' ? [] : [{ from, name: data }];
}

/** Leaves one value for each place and name. */
function distinct(values: readonly NamedValue[]): NamedValue[] {
  const byName = new Map<string, NamedValue>();
  // The first value stays, because a path parameter, which knows the segment before it, comes first.
  for (const value of values.toReversed()) byName.set(`${value.from} ${value.name}`, value);
  return [...byName.values()].toReversed();
}

/** The arguments of a field such as `Query.reports`, and the fields of input objects in them, such as `filter.orgId`. */
function argumentNamesOf(field: string, schema: GraphqlSchema): string[] {
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
