import { UseGuards, type CanActivate, type Type } from '@nestjs/common';

/*
 * What applications, and the tools they use, do to classes and methods on which an access decorator is. None of it keeps metadata unless it
 * says so.
 */

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** A method decorator that puts a wrapper in the place of the method. */
export const Wrapped: MethodDecorator = (_target, _name, descriptor) => {
  const method = descriptor.value as unknown as Method;
  const wrapper: Method = function (...args) {
    return method.apply(this, args);
  };
  return { ...descriptor, value: wrapper } as typeof descriptor;
};

/** A class decorator that wraps every method and copies metadata along, as error trackers do. */
export const Tracked: ClassDecorator = (target) => {
  const prototype = target.prototype as Record<string, Method>;
  for (const name of Object.getOwnPropertyNames(prototype)) {
    if (name === 'constructor') continue;
    const method = prototype[name] as Method;
    const tracked: Method = function (...args) {
      return method.apply(this, args);
    };
    for (const key of Reflect.getMetadataKeys(method) as string[]) {
      Reflect.defineMetadata(key, Reflect.getMetadata(key, method), tracked);
    }
    prototype[name] = tracked;
  }
};

/** A class decorator that returns a `Proxy` of the class. */
export const Proxied = ((target: Type) => new Proxy(target, {})) as ClassDecorator;

/** A class decorator that returns another class with the same methods. */
export const Copied = ((target: Type) => {
  class Copy {}
  copyMethods(Copy, target, ['constructor']);
  Object.defineProperty(Copy, 'name', { value: target.name });
  return Copy;
}) as ClassDecorator;

/** A class decorator that returns a subclass. */
export const Extended = ((target: Type) => class Extension extends target {}) as ClassDecorator;

/** Mixins, as TypeScript's handbook has them: with all that the prototype holds. */
export function applyMixins(type: Type, ...mixins: Type[]): void {
  for (const mixin of mixins) copyMethods(type, mixin, []);
}

/** The same, less `constructor`. */
export function applyMixinMethods(type: Type, ...mixins: Type[]): void {
  for (const mixin of mixins) copyMethods(type, mixin, ['constructor']);
}

function copyMethods(to: Type, from: Type, except: readonly string[]): void {
  const methods = Object.getOwnPropertyDescriptors(from.prototype as object);
  for (const [name, descriptor] of Object.entries(methods)) {
    if (!except.includes(name)) {
      Object.defineProperty(to.prototype as object, name, descriptor);
    }
  }
}

class NothingToSay implements CanActivate {
  canActivate(): boolean {
    return true;
  }
}

/** `@UseGuards()` with a guard of the application. */
export function OtherGuard(): ClassDecorator & MethodDecorator {
  return UseGuards(NothingToSay);
}
