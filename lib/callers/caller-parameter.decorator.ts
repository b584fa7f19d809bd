import {
  createParamDecorator,
  type ExecutionContext,
  type PipeTransform,
  type Type,
} from '@nestjs/common';
import {
  hideTypesOf,
  registerCallerParameter,
  type CallerParameter,
} from '../rules/caller-parameters.js';
import { markCopy } from '../rules/package-copy.js';
import { assertDefinedArguments } from '../values/defined-arguments.js';

/** A parameter decorator for the caller or a property of it, with the pipes that Nest's own parameter decorators take. */
type CallerParameterDecorator<Caller> = (
  property?: keyof Caller | Type<PipeTransform> | PipeTransform,
  ...pipes: (Type<PipeTransform> | PipeTransform)[]
) => ParameterDecorator;

/**
 * Creates a parameter decorator for the caller, or for one of its properties: `undefined` without a caller.
 *
 * Pipes get `Object` as the type of the parameter, so a `ValidationPipe` leaves the value as it is. A pipe that is passed to the decorator
 * gets the value as well.
 */
export function createCallerParameter<Caller extends object>(
  described: CallerParameter,
  callerOf: (context: ExecutionContext) => Caller | null,
): CallerParameterDecorator<Caller> {
  const factory = (property: keyof Caller | undefined, context: ExecutionContext): unknown => {
    const caller = callerOf(context);
    return property === undefined ? caller : caller?.[property];
  };
  registerCallerParameter(factory, described);
  const parameter = createParamDecorator(factory, [noteCallerParameter]);
  return (...given) => {
    assertDefinedArguments(described.name, given);
    return parameter(...given);
  };
}

/** Hides the parameter types, which TypeScript and swc note before they apply the decorators of parameters. */
export function noteCallerParameter(target: object, name: string | symbol | undefined): void {
  if (name === undefined) return;
  markCopy(target.constructor);
  hideTypesOf(target, name);
}
