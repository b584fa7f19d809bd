import { Injectable, type Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { methodNamesOf } from '../../values/class-methods.js';
import type { NestModule, Wrapper } from '../../values/nest-module.js';
import { classOf, isClass } from '../../values/provided-class.js';
import { handledEventTypes, type HandledEventTypes } from './handled-event-types.js';
import type { PropelAuthEvent } from './propel-auth-event.js';

type Method = (event: PropelAuthEvent) => unknown;

/** A method with `@OnPropelAuthEvent()`. */
export interface EventHandler {
  /** The name under which the handler is remembered and logged: `UserSync.save`. */
  readonly name: string;
  readonly type: Type;
  readonly moduleName: string;
  /** Whether Nest creates a new instance for each request, or for each place that injects the class. */
  readonly isRecreated: boolean;
  /** The handled events; empty for all events. */
  readonly eventTypes: HandledEventTypes;
  call(event: PropelAuthEvent): unknown;
}

/** Finds the event handlers of the application. */
@Injectable()
export class EventHandlers {
  // Private fields, so that printing this object does not print the whole application.
  readonly #modules: ModulesContainer;
  #handlers: readonly EventHandler[] | undefined;

  constructor(modules: ModulesContainer) {
    this.#modules = modules;
  }

  /**
   * All handlers, in the order in which they run: a module before the modules that it imports, global modules last; providers before
   * controllers, both in the order of the module; the methods of a class before those that it inherits.
   */
  list(): readonly EventHandler[] {
    this.#handlers ??= this.find(({ providers, controllers }) => [
      ...providers.values(),
      ...controllers.values(),
    ]);
    return this.#handlers;
  }

  /** The handlers in guards, interceptors, pipes, filters and middleware that no module provides. These handlers are never called. */
  listUnreachable(): EventHandler[] {
    const types = new Set(this.list().map(({ type }) => type));
    return this.find(({ injectables, middlewares }) => [
      ...injectables.values(),
      ...middlewares.values(),
    ]).filter(({ type }) => !types.has(type));
  }

  /** The handlers of an event. */
  of({ event_type: type }: PropelAuthEvent): EventHandler[] {
    return this.list().filter(
      ({ eventTypes }) => eventTypes.length === 0 || eventTypes.includes(type),
    );
  }

  /** An instance that has several names, by `useExisting` or a factory, counts under the first. */
  private find(wrappersOf: (module: NestModule) => Wrapper[]): EventHandler[] {
    const instances = new Set<unknown>();
    return modulesFromRoot(this.#modules).flatMap((module) =>
      wrappersOf(module).flatMap((wrapper) => {
        if (!isRecreated(wrapper) && instances.has(wrapper.instance)) return [];
        instances.add(wrapper.instance);
        return this.handlersOf(module, wrapper);
      }),
    );
  }

  private handlersOf({ name: moduleName }: NestModule, wrapper: Wrapper): EventHandler[] {
    const type = typeOf(wrapper);
    if (type === undefined) return [];
    return methodNamesOf(type).flatMap((method) => {
      const eventTypes = handledEventTypes(type, method);
      if (eventTypes === undefined) return [];
      return {
        name: `${type.name}.${method}`,
        type,
        moduleName,
        isRecreated: isRecreated(wrapper),
        eventTypes,
        // Throws if the instance lacks the method, so that its event does not count as handled.
        call: (event) => {
          const instance = wrapper.instance as Record<string, unknown>;
          return (instance[method] as Method).call(instance, event);
        },
      };
    });
  }
}

/** Sorts modules by Nest's `distance`: the longest distance from the root, infinite for global modules. */
function modulesFromRoot(modules: ModulesContainer): NestModule[] {
  return [...modules.values()].toSorted((one, other) => one.distance - other.distance);
}

/** The class of a provider. For a factory that runs for each request, the token if it is a class. */
function typeOf(wrapper: Wrapper): Type | undefined {
  const { token } = wrapper;
  return classOf(wrapper) ?? (isRecreated(wrapper) && isClass(token) ? token : undefined);
}

function isRecreated(wrapper: Wrapper): boolean {
  return !wrapper.isDependencyTreeStatic() || wrapper.isTransient;
}
