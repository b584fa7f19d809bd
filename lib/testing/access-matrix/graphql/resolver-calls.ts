import type { INestApplicationContext, Type } from '@nestjs/common';
import { ContextIdFactory, ExternalContextCreator, ModulesContainer } from '@nestjs/core';
import { hostsOf, instanceOf, type HandlerHost } from '../handler-hosts.js';

type Resolver = Record<string, (...args: unknown[]) => unknown>;

/** An unused method name. Nest caches parameter metadata by method name, and the cache of its own calls must stay unchanged. */
const NO_PARAMETERS = 'nestjs-propelauth: toHold()';

/**
 * Calls resolvers within this process, as Nest does: with all guards and interceptors, and with new instances of request-scoped classes.
 */
export class ResolverCalls {
  readonly #modules: ModulesContainer;
  readonly #creator: ExternalContextCreator;

  constructor(app: INestApplicationContext) {
    this.#modules = app.get(ModulesContainer, { strict: false });
    this.#creator = app.get(ExternalContextCreator, { strict: false });
  }

  /**
   * Calls a method of a resolver.
   *
   * @param args GraphQL's arguments, including the context value
   */
  async call(
    { controller, name }: { readonly controller: Type; readonly name: string },
    contextValue: object,
    args: readonly unknown[],
  ): Promise<unknown> {
    const host = this.#hostOf(controller);
    const { wrapper } = host;
    const contextId = wrapper.isDependencyTreeStatic()
      ? undefined
      : ContextIdFactory.getByRequest(contextValue, ['req']);
    const request = contextId?.getParent === undefined ? contextValue : contextId.payload;
    const instance = await instanceOf<Resolver>(host, contextId, request);
    const methods: Resolver = contextId === undefined ? Object.getPrototypeOf(instance) : instance;
    const method = methods[name] as Resolver[string];
    const target = this.#creator.create(
      instance,
      method,
      NO_PARAMETERS,
      undefined,
      undefined,
      contextId,
      contextId && wrapper.id,
      { guards: true, interceptors: true, filters: false },
      'graphql',
    );
    return target(...args);
  }

  #hostOf(controller: Type): HandlerHost {
    const [host] = hostsOf(controller, 'providers', this.#modules);
    if (host === undefined) throw new Error(`No module provides ${controller.name}.`);
    return host;
  }
}
