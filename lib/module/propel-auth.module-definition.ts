import { ConfigurableModuleBuilder, type DynamicModule, type Type } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ACCOUNT_LOADER } from '../rules/account/caller-accounts.js';
import { GLOBAL_LEVEL, globalLevelOf } from '../rules/global-level.js';
import { PropelAuthGuard } from '../guard/propel-auth.guard.js';
import type { AccountLoader } from '../options/account-loader.interface.js';
import { checkBoolean } from '../options/option-checks.js';
import { addPlugins, type PropelAuthPlugin } from '../plugins/plugin.js';
import type { PropelAuthModuleOptions } from '../options/propel-auth-module-options.interface.js';

/**
 * Options of the module itself. Pass them to {@link PropelAuthModule.forRoot} with the others, and to {@link PropelAuthModule.forRootAsync}
 * next to `useFactory`, `useClass` or `useExisting`.
 */
export interface PropelAuthModuleExtras {
  /** Whether all modules can inject the package's providers without importing the module. Default: `true`. */
  isGlobal?: boolean;
  /**
   * Whether every route requires a user unless a decorator says otherwise. It registers {@link PropelAuthGuard} as a global guard.
   * Default: `false`.
   */
  requireUserByDefault?: boolean;
  /**
   * Modules, controllers, resolvers and gateways of other libraries to which `requireUserByDefault` does not apply, and paths such as
   * `'/docs'` that are mounted on the HTTP adapter, about which startup then does not warn. Default: none.
   */
  except?: readonly (Type | string)[];
  /** Parts of the package that are loaded only where they are imported, such as `telemetry()`. Default: none. */
  plugins?: readonly PropelAuthPlugin[];
  /**
   * The class that loads the application's own record of a caller, for `@CurrentAccount()` and {@link getCurrentAccount}: a singleton provider
   * of the application. Default: none.
   */
  account?: Type<AccountLoader>;
}

/**
 * The injection token of the options, as they were passed.
 *
 * @example
 * ```ts
 * const loginUrl: Provider = {
 *   provide: 'LOGIN_URL',
 *   inject: [PROPELAUTH_MODULE_OPTIONS],
 *   useFactory: ({ authUrl }: PropelAuthModuleOptions) => new URL('/login', authUrl).href,
 * };
 * ```
 *
 * @publicApi
 */
export const PROPELAUTH_MODULE_OPTIONS = 'PROPELAUTH_MODULE_OPTIONS';

export const { ConfigurableModuleClass, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<PropelAuthModuleOptions>({
    optionsInjectionToken: PROPELAUTH_MODULE_OPTIONS,
  })
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createPropelAuthOptions')
    .setExtras<PropelAuthModuleExtras>(
      {
        isGlobal: true,
        requireUserByDefault: false,
        except: undefined,
        plugins: [],
        account: undefined,
      },
      applyExtras,
    )
    .build();

function applyExtras(definition: DynamicModule, extras: PropelAuthModuleExtras): DynamicModule {
  const globalLevel = globalLevelOf(extras);
  const withPlugins = addPlugins(definition, extras.plugins);
  return {
    ...withPlugins,
    global: checkBoolean('isGlobal', extras.isGlobal, true),
    providers: [
      ...(withPlugins.providers ?? []),
      { provide: ACCOUNT_LOADER, useFactory: () => extras.account },
      { provide: GLOBAL_LEVEL, useFactory: () => globalLevel },
      ...(globalLevel.isRequired ? [{ provide: APP_GUARD, useExisting: PropelAuthGuard }] : []),
    ],
    exports: [...(withPlugins.exports ?? []), PROPELAUTH_MODULE_OPTIONS],
  };
}
