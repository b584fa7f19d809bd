import { ConfigurableModuleBuilder, type DynamicModule, type Type } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ACCOUNT_LOADER } from '../rules/account/caller-accounts.js';
import type { AccessDecorator } from '../rules/access.decorator.js';
import { GLOBAL_LEVEL } from '../rules/global-level.js';
import { globalLevelOf } from './global-level-of.js';
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
  /** Whether every handler requires a user unless a decorator says otherwise: short for `globalRules: [RequireUser()]`. Default: `false`. */
  requireUserByDefault?: boolean;
  /**
   * Rules of all handlers, outside of those of their classes, which they add to. The callers that one of them names are a default. They
   * register {@link PropelAuthGuard} as a global guard. `@Public()` on a handler lifts them, and `@OverrideRules()` does not. A GraphQL field
   * without a rule belongs to the operation above it. Results of decorators, without `Public()`, `OverrideRules()` and `applyDecorators()`. Default: none.
   *
   * @example
   * ```ts
   * PropelAuthModule.forRoot({
   *   authUrl: 'https://auth.example.com',
   *   apiKey,
   *   globalRules: [
   *     RequireCaller('user', 'api-key'),
   *     RequireOrgMember({ org: orgNameFromHost('{org}.example.com') }),
   *   ],
   * });
   * ```
   */
  globalRules?: readonly AccessDecorator[];
  /**
   * Modules, controllers, resolvers and gateways of other libraries to which `globalRules` and `requireUserByDefault` do not apply, and paths
   * such as `'/docs'` that are mounted on the HTTP adapter, about which startup then does not warn. Default: none.
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
        globalRules: undefined,
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
      ...(globalLevel.rules.length > 0
        ? [{ provide: APP_GUARD, useExisting: PropelAuthGuard }]
        : []),
    ],
    exports: [...(withPlugins.exports ?? []), PROPELAUTH_MODULE_OPTIONS],
  };
}
