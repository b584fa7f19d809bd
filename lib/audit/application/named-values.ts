import { Inject, Injectable } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { OrgSourceReads } from '../../options/org-source.interface.js';
import {
  parametersOf,
  parameterTypesOf,
  type DecoratedParameter,
} from '../../rules/caller-parameters.js';
import type { HandlerKind } from '../../rules/handler-kinds.js';
import { AuditExtension } from '../audit-extension.js';
import type { ApplicationHandler } from './application-handler.js';
import type { ApplicationRoute } from './application-routes.js';
import { schemaFieldOf } from './handler-names.js';
import { servedSchemasIn } from './served-schemas.js';
import { pathParametersOf } from './path-parameters.js';
import { isObject } from '../../values/is-object.js';
import { typeNamed, unwrap, type Schema } from '../../transports/graphql/schema-types.js';

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

/** The places that `@Body()`, `@Query()`, `@Param()` and `@Headers()` read, by Nest's numbers of these decorators. */
const HTTP_PLACES = new Map<number, Place>([
  [MAIN_PART, 'body'],
  [4, 'query'],
  [5, 'path'],
  [6, 'header'],
]);

const PLACES: Record<HandlerKind, ReadonlyMap<number, Place>> = {
  operation: new Map([[MAIN_PART, 'argument']]),
  field: new Map([[MAIN_PART, 'argument']]),
  reference: new Map(),
  gateway: new Map([[MAIN_PART, 'message']]),
  message: new Map([[MAIN_PART, 'message']]),
  mcp: new Map([[MAIN_PART, 'message']]),
};

/** The index of the message among the parameters of a method without parameter decorators. */
const MESSAGE_INDEX = new Map<HandlerKind, number>([
  ['gateway', 1],
  ['message', 0],
]);

/**
 * Lists the named values in the calls of a handler, as far as its path, its parameters and the schema show them. A parameter such as
 * `@Req()` shows nothing.
 */
@Injectable()
export class NamedValues {
  // A private field: logging this object must not print the whole application.
  readonly #modules: ModulesContainer;

  constructor(
    modules: ModulesContainer,
    @Inject(AuditExtension) private readonly extension: AuditExtension | undefined,
  ) {
    this.#modules = modules;
  }

  /** @param path one of the paths of the route */
  ofRoute({ controller, name }: ApplicationRoute, path: string): NamedValue[] {
    return distinct([
      ...pathValuesOf(path),
      ...parametersOf(controller, name).flatMap((parameter) =>
        valuesOf(parameter, HTTP_PLACES, parameterTypesOf(controller, name)),
      ),
    ]);
  }

  ofHandler(handler: ApplicationHandler): NamedValue[] {
    const { controller, name, kind } = handler;
    const parameters = parametersOf(controller, name);
    const index = MESSAGE_INDEX.get(kind);
    const undecorated = index === undefined ? [] : [{ index, type: MAIN_PART }];
    const types = parameterTypesOf(controller, name);
    return distinct([
      ...(parameters.length > 0 ? parameters : undecorated).flatMap((parameter) =>
        valuesOf(parameter, PLACES[kind], types),
      ),
      ...this.argumentsOf(handler).map((argument) => ({
        from: 'argument' as const,
        name: argument,
      })),
      ...this.valuesOfExtension(handler),
    ]);
  }

  private valuesOfExtension({ controller, name }: ApplicationHandler): NamedValue[] {
    const declared = (controller.prototype as Record<string, Function>)[name] as Function;
    const names = this.extension?.argumentNamesOf(declared) ?? [];
    return names.map((argument) => ({ from: 'message', name: argument }));
  }

  private argumentsOf(handler: ApplicationHandler): string[] {
    if (handler.kind !== 'operation' && handler.kind !== 'field') return [];
    const { field } = schemaFieldOf(handler);
    return servedSchemasIn(this.#modules).flatMap(({ schema }) => argumentNamesOf(field, schema));
  }
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
  { index, type, data }: DecoratedParameter,
  places: ReadonlyMap<number, Place>,
  types: readonly unknown[],
): NamedValue[] {
  const from = places.get(type);
  if (from === undefined) return [];
  const names = typeof data === 'string' ? [data] : propertyNamesOf(types[index]);
  return names.map((name) => ({ from, name }));
}

/** Leaves one value for each place and name. */
function distinct(values: readonly NamedValue[]): NamedValue[] {
  const byName = new Map<string, NamedValue>();
  // The first value stays, because a path parameter, which knows the segment before it, comes first.
  for (const value of values.toReversed()) byName.set(`${value.from} ${value.name}`, value);
  return [...byName.values()].toReversed();
}

// Where other packages keep the decorated properties of a class. The keys are written here, so that these packages need not be installed.
const VALIDATION_STORAGE = 'classValidatorMetadataStorage';
const OPENAPI_PROPERTIES = 'swagger/apiModelPropertiesArray';

/** The part of `class-validator` that is used here. */
interface ValidationStorage {
  getTargetValidationMetadatas(
    type: Function,
    schema: string,
    always: boolean,
    strictGroups: boolean,
  ): readonly { readonly propertyName: string }[];
}

/** The properties of a class that are validated by `class-validator` or described by `@nestjs/swagger`. Other properties leave no trace. */
function propertyNamesOf(type: unknown): string[] {
  if (typeof type !== 'function' || !isObject(type.prototype)) return [];
  return [...new Set([...validatedNamesOf(type), ...describedNamesOf(type.prototype)])];
}

function validatedNamesOf(type: Function): string[] {
  const storage = (globalThis as Record<string, unknown>)[VALIDATION_STORAGE] as
    | Partial<ValidationStorage>
    | undefined;
  const found = storage?.getTargetValidationMetadatas?.(type, '', true, false) ?? [];
  return found.map(({ propertyName }) => propertyName);
}

/** `@nestjs/swagger` keeps each name with a colon before it. */
function describedNamesOf(prototype: object): string[] {
  const names: unknown = Reflect.getMetadata(OPENAPI_PROPERTIES, prototype);
  return Array.isArray(names) ? names.map((name) => String(name).slice(1)) : [];
}

/** The arguments of a field such as `Query.reports`, and the fields of input objects in them, such as `filter.orgId`. */
function argumentNamesOf(field: string, schema: Schema): string[] {
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
