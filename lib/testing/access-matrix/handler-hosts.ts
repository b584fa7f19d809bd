import type { Type } from '@nestjs/common';
import { ModuleRef, type ContextId, type ModulesContainer } from '@nestjs/core';
import { classOf } from '../../values/provided-class.js';

type Module = ModulesContainer extends Map<string, infer Found> ? Found : never;
type Wrapper = Module['providers'] extends Map<unknown, infer Found> ? Found : never;

/** A class of handlers, in one of its modules. */
export interface HandlerHost {
  readonly moduleKey: string;
  readonly module: Module;
  readonly wrapper: Wrapper;
}

/** The hosts of a class: one for each module that has it. */
export function hostsOf(
  controller: Type,
  where: 'providers' | 'controllers',
  modules: ModulesContainer,
): HandlerHost[] {
  return [...modules.entries()].flatMap(([moduleKey, module]) =>
    [...(module[where] as Map<unknown, Wrapper>).values()]
      .filter((wrapper) => !wrapper.isAlias && classOf(wrapper) === controller)
      .map((wrapper) => ({ moduleKey, module, wrapper })),
  );
}

/**
 * The instance that Nest calls for a request: a new one if the class or one of its dependencies is request-scoped.
 *
 * @param contextId the id of the request; `undefined` for a singleton
 * @param request the value of `REQUEST`
 */
export async function instanceOf<Instance extends object>(
  { module, wrapper }: HandlerHost,
  contextId: ContextId | undefined,
  request: unknown,
): Promise<Instance> {
  if (contextId === undefined) return wrapper.instance as Instance;
  const moduleRef = module.getProviderByKey<ModuleRef>(ModuleRef).instance;
  moduleRef.registerRequestByContextId(request, contextId);
  return moduleRef.resolve<Instance>(wrapper.token, contextId, { strict: true });
}
