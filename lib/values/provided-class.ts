import type { Type } from '@nestjs/common';

/** Whether a value is a class. A function without a prototype object, such as an arrow function, is a factory. */
export function isClass(value: unknown): value is Type {
  return (
    typeof value === 'function' && typeof value.prototype === 'object' && value.prototype !== null
  );
}

/** The fields of Nest's provider wrapper that tell the class. */
interface ProvidedClass {
  readonly instance: unknown;
  readonly metatype: unknown;
  readonly isNotMetatype?: boolean;
}

/**
 * The class of a provider of any kind. If Nest created the instance, the class that Nest knows, even if a decorator wrapped it. No property
 * of the instance is read, since it may be a proxy.
 */
export function classOf(wrapper: ProvidedClass): Type | undefined {
  const { instance, metatype, isNotMetatype } = wrapper;
  if (!isNotMetatype && isClass(metatype)) return metatype;
  const provided: unknown = instance;
  if (typeof provided !== 'object' || provided === null) return undefined;
  const prototype = Object.getPrototypeOf(provided) as { constructor?: unknown } | null;
  const type = prototype?.constructor;
  return isClass(type) && type.prototype === prototype ? type : undefined;
}
