import { Inject, Injectable, type Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { hideCallerTypes } from '../rules/caller-parameters.js';
import {
  handlerNames,
  declarationOf,
  markMethods,
  readReplacements,
} from '../rules/declared-method.js';
import { prepareHandlers } from '../transports/prepare-handlers.js';
import { isClass } from '../values/provided-class.js';
import { asksCallers } from '../rules/is-under-rule.js';
import { GuardExtension } from './guard-extension.js';
import { hasHandlerGuard, innerClassOf, placeHandlerGuard } from './propel-auth.guard.js';

/**
 * Prepares the classes of the application, so that wrapped handlers can be traced to their rules, and the guard stays if methods are
 * replaced.
 */
@Injectable()
export class HandlerPreparation {
  // A private field: logging this object must not print the whole application.
  readonly #modules: ModulesContainer;

  constructor(
    modules: ModulesContainer,
    @Inject(GuardExtension) extension: GuardExtension | undefined,
  ) {
    this.#modules = modules;
    for (const { metatype } of this.wrappers()) {
      if (!isClass(metatype)) continue;
      // Before Nest hands the functions to tools that wrap them.
      markMethods(metatype);
      // Before Nest reads the types for its pipes.
      hideCallerTypes(metatype);
      // Before Nest reads the guards: no access decorator has seen a class that was wrapped in a Proxy, or one that only inherits its
      // rules.
      guardClass(metatype);
      // Before Nest reads the interceptors.
      prepareHandlers(metatype);
    }
    extension?.prepareHandlers();
  }

  /**
   * Finds the functions with which constructors of singletons have replaced their handlers, and prepares the classes of instances that
   * factories have made.
   */
  readInstances(): void {
    for (const { instance, metatype, isNotMetatype } of this.wrappers()) {
      if (typeof instance !== 'object' || instance === null) continue;
      const types = [classOfInstance(instance), isNotMetatype ? undefined : metatype];
      for (const type of new Set(types)) {
        if (!isClass(type)) continue;
        readReplacements(instance, type);
        prepareHandlers(type);
      }
    }
  }

  private wrappers() {
    return [...this.#modules.values()].flatMap(({ controllers, providers }) => [
      ...controllers.values(),
      ...providers.values(),
    ]);
  }
}

function guardClass(type: Type): void {
  const classes = [type, innerClassOf(type)];
  if (classes.every(hasHandlerGuard) || !hasHandlerUnderRule(type)) return;
  classes.forEach(placeHandlerGuard);
}

function hasHandlerUnderRule(type: Type): boolean {
  return handlerNames(type).some((name) => {
    const method = declarationOf(type, name);
    const handler = (type.prototype as Record<string, Function>)[name] as Function;
    return method !== undefined && asksCallers(type, method, handler);
  });
}

/** The class that Nest passes to guards. */
function classOfInstance({ constructor }: object): Type | undefined {
  return isClass(constructor) ? constructor : undefined;
}
