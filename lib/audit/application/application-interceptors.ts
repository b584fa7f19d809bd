import { Injectable, type Type } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { isObject } from '../../values/is-object.js';

// The key under which Nest keeps what @UseInterceptors() names.
const INTERCEPTORS_METADATA = '__interceptors__';

/** Lists the interceptors that Nest calls for a handler. */
@Injectable()
export class ApplicationInterceptors {
  // Private fields: logging this object must not print the whole application.
  readonly #modules: ModulesContainer;
  readonly #applicationConfig: ApplicationConfig;

  constructor(modules: ModulesContainer, applicationConfig: ApplicationConfig) {
    this.#modules = modules;
    this.#applicationConfig = applicationConfig;
  }

  /**
   * The interceptors of the application, of the class and of the method. A request-scoped interceptor is represented by an instance whose
   * constructor has not run.
   */
  of(controller: Type, handler: Function): object[] {
    const forRequests = this.#applicationConfig.getGlobalRequestInterceptors();
    const interceptors: unknown[] = [
      ...this.#applicationConfig.getGlobalInterceptors(),
      ...forRequests.map(({ instance }) => instance),
      ...this.boundTo(controller),
      ...this.boundTo(handler),
    ];
    return interceptors.filter(isObject);
  }

  private boundTo(target: Function): unknown[] {
    const bound = (Reflect.getMetadata(INTERCEPTORS_METADATA, target) ?? []) as unknown[];
    return bound.map((interceptor) =>
      typeof interceptor === 'function' ? this.instanceOf(interceptor) : interceptor,
    );
  }

  /** The instance of a class that Nest created, or the one that replaces it in a test. */
  private instanceOf(type: Function): unknown {
    return [...this.#modules.values()]
      .map(({ injectables }) => injectables.get(type)?.instance)
      .find(isObject);
  }
}
