import type { Type } from '@nestjs/common';
import type { ApplicationConfig, HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { isGuardOf } from '../../rules/guard-metadata.js';
import { isObject } from '../../values/is-object.js';

type RequestGuard = ReturnType<ApplicationConfig['getGlobalRequestGuards']>[number];

/** Knows the global guards of the application: those of `APP_GUARD` and of `app.useGlobalGuards()`. */
export class GlobalGuards {
  // Private fields: logging this object must not print the whole application.
  readonly #applicationConfig: ApplicationConfig;
  readonly #modules: ModulesContainer;
  readonly #adapterHost: HttpAdapterHost;

  constructor(
    applicationConfig: ApplicationConfig,
    modules: ModulesContainer,
    adapterHost: HttpAdapterHost,
  ) {
    this.#applicationConfig = applicationConfig;
    this.#modules = modules;
    this.#adapterHost = adapterHost;
  }

  /**
   * Whether a guard of this class runs for all HTTP routes and GraphQL operations. An application without HTTP serves neither, so nothing is
   * missing: it may be a script that does not call `useGlobalGuards()`.
   */
  include(type: Type): boolean {
    // An application without HTTP has null here.
    if (!this.#adapterHost.httpAdapter) return true;
    return (
      this.#applicationConfig
        .getGlobalGuards()
        .some((guard) => isGuardOf(type, guard) || this.isProvidedAs(type, guard)) ||
      this.#applicationConfig
        .getGlobalRequestGuards()
        .some((wrapper) => isGuardOf(type, classBehind(wrapper)))
    );
  }

  /** Whether a guard is what the application provides as this class. A test may have replaced it with an object of another class. */
  private isProvidedAs(type: Type, guard: unknown): boolean {
    // Nest skips a global guard whose factory returns nothing.
    if (!isObject(guard)) return false;
    return [...this.#modules.values()]
      .flatMap(({ providers }) => [...providers])
      .some(([token, { instance }]) => instance === guard && isGuardOf(type, token));
  }
}

/** The class of a guard that Nest creates for each request: with `useExisting`, the class that is named there. */
function classBehind({ isAlias, inject, metatype }: RequestGuard): unknown {
  return isAlias ? inject?.[0] : metatype;
}
