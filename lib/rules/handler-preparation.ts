import { Injectable, type Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { hideCallerTypes } from './caller-parameters.js';
import { isClass, markMethods, readReplacements } from './declared-method.js';

/** Prepares the classes of the application, so that their handlers can be traced to their rules whoever wraps them. */
@Injectable()
export class HandlerPreparation {
  // A private field: printing this must not print all that the application is made of.
  readonly #modules: ModulesContainer;

  constructor(modules: ModulesContainer) {
    this.#modules = modules;
    for (const { metatype } of this.wrappers()) {
      if (!isClass(metatype)) continue;
      // Before Nest hands the functions to tools that wrap them.
      markMethods(metatype);
      // Before Nest reads the types for its pipes.
      hideCallerTypes(metatype);
    }
  }

  /** Finds the functions by which constructors of singletons have replaced their handlers. */
  readReplacements(): void {
    for (const { instance } of this.wrappers()) {
      const type = classOfInstance(instance);
      if (type !== undefined) readReplacements(instance as object, type);
    }
  }

  private wrappers() {
    return [...this.#modules.values()].flatMap(({ controllers, providers }) => [
      ...controllers.values(),
      ...providers.values(),
    ]);
  }
}

/** The class that Nest names to guards. */
function classOfInstance(instance: unknown): Type | undefined {
  if (typeof instance !== 'object' || instance === null) return undefined;
  const { constructor } = instance;
  return isClass(constructor) ? constructor : undefined;
}
