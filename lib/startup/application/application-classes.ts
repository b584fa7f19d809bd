import type { Type } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import type { NestModule, Wrapper } from '../../values/nest-module.js';
import { classOf } from '../../values/provided-class.js';

/** A class of the application, and what Nest knows of it. */
export interface ApplicationClass {
  readonly type: Type;
  /** Whether Nest makes routes of its methods. */
  readonly isController: boolean;
  /** Whether `useFactory` or `useValue` provides the class. */
  readonly isMadeByFactory: boolean;
  /** Whether the module of the class has an instance of a guard class. Without one, Nest skips the guard. */
  readonly providesGuard: (guard: Function) => boolean;
}

/** Each class that the application provides, also by a factory or as a value. */
export function classesIn(modules: ModulesContainer): ApplicationClass[] {
  return classesOf(modules, ({ providers, controllers }) => [providers, controllers]);
}

/** Guards, interceptors, pipes and filters that classes and methods name, and middleware: Nest calls them without guards. */
export function enhancersIn(modules: ModulesContainer): ApplicationClass[] {
  return classesOf(modules, ({ injectables, middlewares }) => [injectables, middlewares]);
}

/** What Nest knows of a class as a module provides it. */
export function asProvided(
  { isNotMetatype }: Wrapper,
  { injectables }: NestModule,
): Pick<ApplicationClass, 'isMadeByFactory' | 'providesGuard'> {
  return { isMadeByFactory: isNotMetatype, providesGuard: (guard) => injectables.has(guard) };
}

function classesOf(
  modules: ModulesContainer,
  partsOf: (module: NestModule) => NestModule['providers'][],
): ApplicationClass[] {
  const classes = new Map<Type, ApplicationClass>();
  for (const module of modules.values()) {
    for (const part of partsOf(module)) {
      for (const wrapper of part.values()) {
        const type = classOf(wrapper);
        const isController = part === module.controllers;
        if (type !== undefined) {
          classes.set(type, { type, isController, ...asProvided(wrapper, module) });
        }
      }
    }
  }
  return [...classes.values()];
}
