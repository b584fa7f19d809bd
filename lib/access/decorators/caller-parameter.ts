import type { PipeTransform, Type } from '@nestjs/common';
import { markCopy } from '../package-copy.js';

/**
 * Makes a parameter decorator for the caller or a property of it: what `@CurrentUser()` and `@CurrentOrg()` are.
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

const CALLER_PARAMETERS_METADATA = Symbol('nestjs-propelauth: parameters for the caller');

/** Notes that a handler takes such a parameter, so that the audit at start can see whether there will be one. */
export function recordCallerParameter(parameter: CallerParameter): ParameterDecorator {
  return (target, propertyKey) => {
    if (propertyKey === undefined) return;
    markCopy(target.constructor);
    const others = readCallerParameters(target.constructor, propertyKey);
    Reflect.defineMetadata(
      CALLER_PARAMETERS_METADATA,
      [...others, parameter],
      target.constructor,
      propertyKey,
    );
  };
}

/** What a handler takes of the caller; inherited like Nest's own parameter metadata. */
export function readCallerParameters(
  controller: Function,
  propertyKey: string | symbol,
): readonly CallerParameter[] {
  return (
    (Reflect.getMetadata(CALLER_PARAMETERS_METADATA, controller, propertyKey) as
      CallerParameter[] | undefined) ?? []
  );
}

/** The caller, or a property of it; `undefined` for a property of nobody. */
export function selectProperty<Caller extends object>(
  caller: Caller | null,
  property: keyof Caller | undefined,
): unknown {
  return property === undefined ? caller : caller?.[property];
}
