import { SetMetadata } from '@nestjs/common';

// The key under which Nest keeps @UseGuards().
const GUARDS_METADATA = '__guards__';
// A string, so that a second copy of the package in the same process knows the guard of the first.
const GUARD_METADATA = 'propelauth:guard';

/** Marks the guard, for code that it depends on itself. */
export function MarkGuard(): ClassDecorator {
  return SetMetadata(GUARD_METADATA, true);
}

/** Whether `@UseGuards()`, or a decorator of this package, puts the guard on a handler or its class. */
export function hasGuard(controller: Function, handler: Function): boolean {
  return [controller, handler].some((target) => {
    const guards = Reflect.getMetadata(GUARDS_METADATA, target) as unknown[] | undefined;
    return guards?.some(isPropelAuthGuard) ?? false;
  });
}

/** Whether it is the guard's class, one of its heirs, or an instance of either. */
export function isPropelAuthGuard(guard: unknown): boolean {
  if (typeof guard === 'function') return Reflect.hasMetadata(GUARD_METADATA, guard);
  return typeof guard === 'object' && guard !== null && isPropelAuthGuard(guard.constructor);
}
