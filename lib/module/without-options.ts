import type { FactoryProvider, InjectionToken } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { PropelAuthConfigurationError } from '../options/configuration.error.js';

/**
 * Creates a provider that makes startup fail with an error, for a module that is imported as a class. `forRoot()` adds another provider for
 * the token, which replaces this one.
 *
 * @param moduleName the name of the module
 * @param token the injection token of the options
 */
export function failWithoutOptions(moduleName: string, token: InjectionToken): FactoryProvider {
  const provider: FactoryProvider = {
    provide: token,
    inject: [ModulesContainer],
    useFactory: (modules: ModulesContainer) => {
      throw new PropelAuthConfigurationError(
        `${moduleName} is imported without options, by ${importersOf(provider, modules).join(', ')}. Import ` +
          `${moduleName}.forRoot({ … }) in the root module, and remove this import: the module is global.`,
      );
    },
  };
  return provider;
}

/** Whether a module has this provider, and not another one for its token. */
export function hasProvider(
  { providers }: NestModuleRef,
  { provide, useFactory }: FactoryProvider,
): boolean {
  return providers.get(provide)?.metatype === useFactory;
}

type NestModuleRef = ModulesContainer extends Map<string, infer Module> ? Module : never;

function importersOf(provider: FactoryProvider, modules: ModulesContainer): string[] {
  return [...modules.values()]
    .filter(({ imports }) => [...imports].some((imported) => hasProvider(imported, provider)))
    .map(({ name }) => name);
}
