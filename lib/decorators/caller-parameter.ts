import {
  createParamDecorator,
  type ExecutionContext,
  type PipeTransform,
  type Type,
} from '@nestjs/common';
import { classChain, handlerNames } from '../rules/declared-method.js';
import { markCopy } from '../rules/package-copy.js';

/**
 * Makes a parameter decorator for the caller or a property of it: what `@CurrentUser()` and `@CurrentOrg()` are.
 *
 * Pipes get `Object` as the type of the parameter, so a `ValidationPipe` leaves the value as it is. A pipe that you pass to the
 * decorator gets the value, too.
 *
 * @publicApi
 */
export type CallerParameterDecorator<Caller> = (
  property?: keyof Caller | Type<PipeTransform> | PipeTransform,
  ...pipes: (Type<PipeTransform> | PipeTransform)[]
) => ParameterDecorator;

/** What a handler takes of the caller. */
export type CallerParameter =
  '@CurrentUser()' | '@CurrentOrg()' | '@CurrentApiKey()' | '@WebhookEvent()';

/** How Nest notes the parameters of a method, on its class. */
const PARAMETERS_METADATA = '__routeArguments__';
/** How compilers note the types of the parameters, on the prototype. */
const TYPES_METADATA = 'design:paramtypes';

/** A parameter as Nest notes it. */
interface NotedParameter {
  readonly index: number;
  /** What finds the value for a decorator of {@link createParamDecorator}. */
  readonly factory?: Function;
}

const callerParameters = new WeakMap<Function, CallerParameter>();

/** Makes the decorator of a parameter for the caller, or for a property of it: `undefined` when there is no caller. */
export function createCallerParameter<Caller extends object>(
  name: CallerParameter,
  callerOf: (context: ExecutionContext) => Caller | null,
): CallerParameterDecorator<Caller> {
  const factory = (property: keyof Caller | undefined, context: ExecutionContext): unknown => {
    const caller = callerOf(context);
    return property === undefined ? caller : caller?.[property];
  };
  callerParameters.set(factory, name);
  return createParamDecorator(factory, [noteCallerParameter]);
}

/** TypeScript and swc note the types before they apply the decorators of parameters. */
function noteCallerParameter(target: object, name: string | symbol | undefined): void {
  if (name === undefined) return;
  markCopy(target.constructor);
  hideTypesOf(target, name);
}

/** What a handler takes of the caller; inherited as Nest does. */
export function readCallerParameters(
  controller: Function,
  name: string | symbol,
): readonly CallerParameter[] {
  return notedParameters(controller, name).flatMap(({ factory }) => nameOf(factory) ?? []);
}

/**
 * Hides the types of the caller's parameters from pipes, for methods whose types are noted after their decorators, and for those that
 * inherit the parameters and have types of their own.
 */
export function hideCallerTypes(type: Type): void {
  for (const { prototype } of classChain(type)) {
    if (typeof prototype !== 'object' || prototype === null) continue;
    for (const name of handlerNames(type)) hideTypesOf(prototype, name);
  }
}

/** Pipes make and validate an instance of the type of a parameter, and skip `Object`. */
function hideTypesOf(prototype: object, name: string | symbol): void {
  const types = Reflect.getOwnMetadata(TYPES_METADATA, prototype, name) as unknown[] | undefined;
  if (types === undefined) return;
  const parameters = notedParameters(prototype.constructor, name);
  const hidden = types.map((type, index) => (isOfCaller(parameters, index) ? Object : type));
  Reflect.defineMetadata(TYPES_METADATA, hidden, prototype, name);
}

/** Under Nest 11, a parameter can have the decorator of an overridden method besides its own. It keeps its type then. */
function isOfCaller(parameters: readonly NotedParameter[], index: number): boolean {
  const noted = parameters.filter((parameter) => parameter.index === index);
  return noted.length > 0 && noted.every(({ factory }) => nameOf(factory) !== undefined);
}

function notedParameters(type: Function, name: string | symbol): NotedParameter[] {
  const noted: unknown = Reflect.getMetadata(PARAMETERS_METADATA, type, name);
  return Object.values((noted ?? {}) as Record<string, NotedParameter>);
}

function nameOf(factory: Function | undefined): CallerParameter | undefined {
  return factory && callerParameters.get(factory);
}
