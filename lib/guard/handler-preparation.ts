import { Injectable, type Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { hideCallerTypes } from '../rules/caller-parameters.js';
import { handlerNames, markMethods } from '../rules/declared-method.js';
import { prepareHandlers } from '../transports/call-of.js';
import { methodOf } from '../values/class-methods.js';
import { classOf, isClass } from '../values/provided-class.js';
import { noteChangedRules } from '../rules/rule-changes.js';
import { asksCallers } from '../rules/is-under-rule.js';
import { hasHandlerGuard, innerClassOf, placeHandlerGuard } from './propel-auth.guard.js';

/**
 * Prepares the classes of the application, so that wrapped handlers can be traced to their rules, and the guard stays if methods are
 * replaced.
 */
@Injectable()
export class HandlerPreparation {
  // A private field: logging this object must not print the whole application.
  readonly #modules: ModulesContainer;

  constructor(modules: ModulesContainer) {
    this.#modules = modules;
    // Guards of the application may have been put on classes since another application of this process asked.
    noteChangedRules();
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
  }

  /** Prepares the classes of instances that factories have made. */
  prepareInstances(): void {
    for (const wrapper of this.wrappers()) {
      const type = wrapper.isNotMetatype ? classOf(wrapper) : undefined;
      if (type === undefined) continue;
      markMethods(type);
      prepareHandlers(type);
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
  return handlerNames(type).some((name) => asksCallers(type, name, methodOf(type, name)));
}
