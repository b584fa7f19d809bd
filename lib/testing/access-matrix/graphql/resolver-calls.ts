import type { INestApplicationContext, Type } from '@nestjs/common';
import {
  ContextIdFactory,
  ExternalContextCreator,
  ModuleRef,
  ModulesContainer,
} from '@nestjs/core';
import { classOf } from '../../../values/provided-class.js';

type Module = ModulesContainer extends Map<string, infer Found> ? Found : never;
type Wrapper = Module['providers'] extends Map<unknown, infer Found> ? Found : never;

/** Nest keeps what it has read about parameters by the name of the method: that of its own calls has to stay. */
const NO_PARAMETERS = 'nestjs-propelauth: toHold()';

/** Calls resolvers within this process, as Nest does: with all guards and interceptors, and an instance of their own where they are request-scoped. */
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
   * @param args those of GraphQL, with the context value among them
   */
  async call(
    { controller, name }: { readonly controller: Type; readonly name: string },
    contextValue: object,
    args: readonly unknown[],
  ): Promise<unknown> {
    const { module, wrapper } = this.#hostOf(controller);
    const contextId = ContextIdFactory.getByRequest(contextValue, ['req']);
    const isScoped = !wrapper.isDependencyTreeStatic();
    const instance = isScoped
      ? await resolveIn(module, wrapper, contextValue, contextId)
      : wrapper.instance;
    const methods = (isScoped ? instance : Object.getPrototypeOf(instance)) as Record<
      string,
      (...args: unknown[]) => unknown
    >;
    const method = methods[name] as (...args: unknown[]) => unknown;
    const target = this.#creator.create(
      instance as Parameters<ExternalContextCreator['create']>[0],
      method,
      NO_PARAMETERS,
      undefined,
      undefined,
      isScoped ? contextId : undefined,
      isScoped ? wrapper.id : undefined,
      { guards: true, interceptors: true, filters: false },
      'graphql',
    );
    return target(...args);
  }

  #hostOf(controller: Type): { module: Module; wrapper: Wrapper } {
    for (const module of this.#modules.values()) {
      for (const wrapper of module.providers.values()) {
        if (!wrapper.isAlias && classOf(wrapper) === controller) return { module, wrapper };
      }
    }
    throw new Error(`No module provides ${controller.name}.`);
  }
}

async function resolveIn(
  { providers }: Module,
  { token }: Wrapper,
  contextValue: object,
  contextId: ReturnType<typeof ContextIdFactory.getByRequest>,
): Promise<unknown> {
  const moduleRef = providers.get(ModuleRef)?.instance as ModuleRef;
  moduleRef.registerRequestByContextId(
    contextId.getParent ? contextId.payload : contextValue,
    contextId,
  );
  return moduleRef.resolve(token as Type, contextId, { strict: true });
}
