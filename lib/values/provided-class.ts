import type { Type } from '@nestjs/common';

/** Whether a value is a class. A factory is a function, too; an arrow function has no prototype. */
export function isClass(value: unknown): value is Type {
  return (
    typeof value === 'function' && typeof value.prototype === 'object' && value.prototype !== null
  );
}

/** As much of Nest's wrapper of a provider as tells its class. */
interface ProvidedClass {
  readonly instance: unknown;
  readonly metatype: unknown;
  readonly isNotMetatype?: boolean;
}

/**
 * The class of a provider of any kind; if Nest created the instance, the class that Nest knows, also if a decorator wrapped it. The
 * instance itself may be a proxy and is not asked.
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
