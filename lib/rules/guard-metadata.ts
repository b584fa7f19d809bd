import { SetMetadata } from '@nestjs/common';

// The key under which Nest keeps @UseGuards().
const GUARDS_METADATA = '__guards__';
const GUARD_METADATA = Symbol('nestjs-propelauth: guard');

/** Marks the guard class. Code that the guard depends on finds it by this mark, because it cannot import the guard. */
export function MarkGuard(): ClassDecorator {
  return SetMetadata(GUARD_METADATA, true);
}

/** Whether `@UseGuards()` puts the guard on a handler or class. */
export function hasGuard(subject: Function): boolean {
  return guardsOf(subject).some(isPropelAuthGuard);
}

/** Whether a value is the guard class, a subclass, or an instance of either. */
export function isPropelAuthGuard(guard: unknown): boolean {
  if (typeof guard === 'function') return Reflect.hasMetadata(GUARD_METADATA, guard);
  return typeof guard === 'object' && guard !== null && isPropelAuthGuard(guard.constructor);
}

/** Puts guards in front of all others of a class or function; guards that are there already move to the front. */
export function prependGuards(subject: Function, guards: readonly unknown[]): void {
  const others = guardsOf(subject).filter((guard) => !guards.includes(guard));
  Reflect.defineMetadata(GUARDS_METADATA, [...guards, ...others], subject);
}

/** The guards of a class or function, as Nest finds them: a class has those of its parent unless it has its own. */
export function guardsOf(subject: Function): readonly unknown[] {
  return (Reflect.getMetadata(GUARDS_METADATA, subject) as unknown[] | undefined) ?? [];
}
