import type { FactoryProvider } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { PropelAuthConfigurationError } from '../options/configuration.error.js';
import type { NestModule } from '../values/nest-module.js';
import { PROPELAUTH_MODULE_OPTIONS } from './propel-auth.module-definition.js';

/** Makes startup fail if the module is imported as a class. `forRoot()` adds another provider for the token, which replaces this one. */
export const WITHOUT_OPTIONS: FactoryProvider = {
  provide: PROPELAUTH_MODULE_OPTIONS,
  inject: [ModulesContainer],
  useFactory: (modules: ModulesContainer) => {
    const importers = [...modules.values()].filter(({ imports }) =>
      [...imports].some(isWithoutOptions),
    );
    throw new PropelAuthConfigurationError(
      `PropelAuthModule is imported without options, by ${importers.map(({ name }) => name).join(', ')}. Import ` +
        'PropelAuthModule.forRoot({ … }) in the root module, and remove this import: the module is global.',
    );
  },
};

/** Whether a module has the provider of a module without options. */
export function isWithoutOptions({ providers }: NestModule): boolean {
  return providers.get(PROPELAUTH_MODULE_OPTIONS)?.metatype === WITHOUT_OPTIONS.useFactory;
}
