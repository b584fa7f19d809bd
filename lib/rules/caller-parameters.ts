import type { Type } from '@nestjs/common';
import { classChain, handlerNames } from './declared-method.js';
import type { Policy } from './policy.js';
import type { Rule } from './rule.js';
import type { KindLookUp } from './verdicts.js';

/** A parameter decorator with which a handler takes its caller, or a part of it. */
export interface CallerParameter {
  /** The decorator, such as `@CurrentUser()`. */
  readonly name: string;
  /** The end of a sentence that begins with the decorator: why it never has a value on a handler, and what to do; `undefined` if it can have one. */
  readonly emptyOn?: (policy: Policy, kinds: KindLookUp) => string | undefined;
  /** Whether the parameter is the user whom the caller is, or acts for. */
  readonly isUser?: boolean;
  /** The rule that a parameter is, by the argument of its decorator. Default: none. */
  readonly ruleOf?: (data: unknown) => Rule | undefined;
}

// The keys under which Nest keeps the parameters of a method, and compilers their types.
const PARAMETERS_METADATA = '__routeArguments__';
const TYPES_METADATA = 'design:paramtypes';

/** A parameter as Nest keeps it. */
export interface DecoratedParameter {
  readonly index: number;
  /**
   * Nest's number of the decorator, such as `3` for `@Body()`, `@Args()` and `@Payload()`; `NaN` for a decorator made by
   * `createParamDecorator()`.
   */
  readonly type: number;
  /** The argument of the decorator, such as the name of a property of the body. */
  readonly data?: unknown;
  /** The function that finds the value, for a decorator made by `createParamDecorator()`. */
  readonly factory?: Function;
}

const registered = new WeakMap<Function, CallerParameter>();

/** Notes that a factory of `createParamDecorator()` finds the caller. */
export function registerCallerParameter(factory: Function, parameter: CallerParameter): void {
  registered.set(factory, parameter);
}

/** The caller decorators on the parameters of a handler, inherited as in Nest. */
export function readCallerParameters(
  controller: Function,
  name: string | symbol,
): readonly CallerParameter[] {
  return parametersOf(controller, name).flatMap(({ factory }) => callerParameterOf(factory) ?? []);
}

/** Whether a handler takes its caller by one of the decorators with this name. */
export function takesParameter(
  controller: Function,
  name: string | symbol,
  decorator: string,
): boolean {
  return readCallerParameters(controller, name).some((parameter) => parameter.name === decorator);
}

/** The class that the decorators of a method's parameters were written in, or the class itself. */
export function ownerOfParameters(type: Type, name: string): Type {
  const isOwn = (one: Type) => Reflect.hasOwnMetadata(PARAMETERS_METADATA, one, name);
  return classChain(type).find(isOwn) ?? type;
}

/** The rules that the parameters of a handler are. */
export function parameterRulesOf(controller: Function, name: string | symbol): Rule[] {
  return parametersOf(controller, name).flatMap(
    ({ factory, data }) => callerParameterOf(factory)?.ruleOf?.(data) ?? [],
  );
}

/**
 * Hides the types of caller parameters from pipes, where the parameter decorators could not: in methods whose types the compiler notes
 * after them, and in methods that inherit the decorators and have types of their own.
 */
export function hideCallerTypes(type: Type): void {
  for (const { prototype } of classChain(type)) {
    for (const name of handlerNames(type)) hideTypesOf(prototype as object, name);
  }
}

/** Replaces the types of caller parameters by `Object`, which pipes skip: for another type, they create and validate an instance. */
export function hideTypesOf(prototype: object, name: string | symbol): void {
  const types = Reflect.getOwnMetadata(TYPES_METADATA, prototype, name) as unknown[] | undefined;
  if (types === undefined) return;
  const parameters = parametersOf(prototype.constructor, name);
  const hidden = types.map((type, index) => (isOfCaller(parameters, index) ? Object : type));
  Reflect.defineMetadata(TYPES_METADATA, hidden, prototype, name);
}

/** Under Nest 11, a parameter can have the decorator of an overridden method besides its own. Then the parameter keeps its type. */
function isOfCaller(parameters: readonly DecoratedParameter[], index: number): boolean {
  const noted = parameters.filter((parameter) => parameter.index === index);
  return noted.length > 0 && noted.every(({ factory }) => callerParameterOf(factory) !== undefined);
}

/** The decorated parameters of a method, inherited as in Nest. */
export function parametersOf(type: Function, name: string | symbol): DecoratedParameter[] {
  const noted: unknown = Reflect.getMetadata(PARAMETERS_METADATA, type, name);
  // A key such as `3:0` is the number of the decorator and the index of the parameter.
  return Object.entries((noted ?? {}) as Record<string, DecoratedParameter>).map(
    ([key, parameter]) => ({ ...parameter, type: Number(key.split(':')[0]) }),
  );
}

function callerParameterOf(factory: Function | undefined): CallerParameter | undefined {
  return factory && registered.get(factory);
}
