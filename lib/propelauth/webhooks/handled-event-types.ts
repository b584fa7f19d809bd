import type { Type } from '@nestjs/common';
import { loggable } from '../../values/loggable.js';
import { PROPELAUTH_EVENT_TYPES, type PropelAuthEventType } from './propel-auth-event.js';

// Metadata by class and method name, so that a decorator that replaces the function does not lose it.
const EVENT_TYPES_METADATA = Symbol('nestjs-propelauth: the events that a method handles');

/** The events that a method handles; an empty list for all of them. */
export type HandledEventTypes = readonly PropelAuthEventType[];

/** Adds events to those that a method handles. */
export function recordEventTypes(
  prototype: object,
  method: string,
  types: HandledEventTypes,
): void {
  const recorded = readOwn(prototype, method);
  const isForAll = types.length === 0 || recorded?.length === 0;
  const all = isForAll ? [] : [...(recorded ?? []), ...types];
  Reflect.defineMetadata(EVENT_TYPES_METADATA, all, prototype, method);
}

/**
 * The events that a method handles; `undefined` if it handles none. Only the class that declares the method counts: an inherited handler is
 * a handler, an override without the decorator is not.
 */
export function handledEventTypes(type: Type, method: string): HandledEventTypes | undefined {
  let prototype = type.prototype as object | null;
  while (prototype !== null && !Object.hasOwn(prototype, method)) {
    prototype = Object.getPrototypeOf(prototype) as object | null;
  }
  return prototype === null ? undefined : readOwn(prototype, method);
}

/** @throws {TypeError} for a value that is not the name of an event */
export function checkEventTypes(decorator: string, types: readonly unknown[]): void {
  for (const type of types) {
    if (typeof type !== 'string') {
      throw new TypeError(
        `${decorator} takes event names, such as 'user.created', but got a value that is not a string.`,
      );
    }
    if (!(PROPELAUTH_EVENT_TYPES as string[]).includes(type)) {
      throw new TypeError(
        `${decorator} has no event "${loggable(type)}". The events are ${PROPELAUTH_EVENT_TYPES.join(', ')}. Without a name, the method ` +
          'handles all events, including new ones.',
      );
    }
  }
}

function readOwn(prototype: object, method: string): HandledEventTypes | undefined {
  return Reflect.getOwnMetadata(EVENT_TYPES_METADATA, prototype, method) as
    | HandledEventTypes
    | undefined;
}
