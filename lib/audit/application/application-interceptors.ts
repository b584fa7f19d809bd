import type { INestApplicationContext } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { isObject } from '../../values/is-object.js';

// The key under which Nest keeps what @UseInterceptors() names.
const INTERCEPTORS_METADATA = '__interceptors__';

/**
 * The interceptors that Nest calls for a handler: those of the application, of the class and of the method. A request-scoped interceptor is
 * represented by an instance whose constructor has not run.
 *
 * @param subjects the class and the function of the handler
 */
export function interceptorsOf(
  providers: Pick<INestApplicationContext, 'get'>,
  subjects: readonly Function[],
): object[] {
  const modules = providers.get(ModulesContainer, { strict: false });
  const applicationConfig = providers.get(ApplicationConfig, { strict: false });
  const interceptors: unknown[] = [
    ...applicationConfig.getGlobalInterceptors(),
    ...applicationConfig.getGlobalRequestInterceptors().map(({ instance }) => instance),
    ...subjects
      .flatMap(boundTo)
      .map((one) => (typeof one === 'function' ? instanceOf(one, modules) : one)),
  ];
  return interceptors.filter(isObject);
}

function boundTo(subject: Function): unknown[] {
  return (Reflect.getMetadata(INTERCEPTORS_METADATA, subject) ?? []) as unknown[];
}

/** The instance of a class that Nest created, or the one that replaces it in a test. */
function instanceOf(type: Function, modules: ModulesContainer): unknown {
  return [...modules.values()]
    .map(({ injectables }) => injectables.get(type)?.instance)
    .find(isObject);
}
