import { Module, type DynamicModule, type NestModule, type Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { AccessDecider } from '../guard/access-decider.js';
import { ACCOUNT_LOADER } from '../rules/account/caller-accounts.js';
import { HandlerPreparation } from '../guard/handler-preparation.js';
import { handlerProbeProviders } from './handler-probe.js';
import { Exemptions } from '../rules/exemptions.js';
import { GLOBAL_LEVEL, type GlobalLevel } from '../rules/global-level.js';
import { OwnProviders } from '../rules/application/own-providers.js';
import { Policies } from '../rules/policies.js';
import { RuleProviders } from '../guard/rule-providers.js';
import { RULE_TYPES } from '../rules/rule-types.js';
import { CallerLookup } from '../service/caller-lookup.js';
import { CallerIdentifier } from '../callers/caller-identifier.js';
import { CALLER_KINDS, CallerKinds } from '../callers/caller-kinds.js';
import type { CoreKind } from '../callers/core-kind.js';
import { OwnCallerKinds } from '../callers/own/own-caller-kinds.js';
import { orgFromParam } from '../rules/org/sources/org-from-param.js';
import { CallerAuthorizer } from '../service/caller-authorizer.js';
import { RequestCallers } from '../service/request-callers.js';
import { ConnectionAuthenticator } from '../service/connection-authenticator.js';
import { DecisionReporter } from '../decision/decision-reporter.js';
import { Rejections } from '../guard/rejections.js';
import { GlobalGuardCheck, PropelAuthGuard } from '../guard/propel-auth.guard.js';
import { PropelAuthService } from '../service/propel-auth.service.js';
import { GuardOverride } from '../guard/guard-override.js';
import { MountedPathsAudit } from '../startup/mounted-paths-audit.js';
import { StartupAudit } from '../startup/startup-audit.js';
import { ApiKeyLookUps } from '../callers/api-key/api-key-look-ups.js';
import { BackendClient } from '../propelauth/backend/backend-client.js';
import { createPropelAuthApi, PropelAuthApi } from '../propelauth/api/propel-auth-api.js';
import { PropelAuthHealthIndicator } from '../service/propel-auth.health-indicator.js';
import { Hooks, LATE_HOOKS } from '../plugins/hooks.js';
import { PropelAuthConfigurationError } from '../options/configuration.error.js';
import type { PropelAuthModuleOptions } from '../options/propel-auth-module-options.interface.js';
import { OptionsScopeCheck } from '../options/options-scope-check.js';
import { ResolvedOptions } from '../options/resolved-options.js';
import {
  ASYNC_OPTIONS_TYPE,
  ConfigurableModuleClass,
  OPTIONS_TYPE,
  PROPELAUTH_MODULE_OPTIONS,
} from './propel-auth.module-definition.js';
import { checkAsyncOptions } from './async-options.js';
import { globalLevelOf } from './global-level-of.js';
import { isWithoutOptions, WITHOUT_OPTIONS } from './without-options.js';
import { OpenStreams } from '../transports/open-streams.js';
import { TokenCache } from '../callers/user/user-caller-kind.js';
import { TokenVerifier } from '../callers/user/token-verifier.js';
import { VerificationKeys } from '../callers/user/verification-keys.js';
import { EventDispatcher } from '../propelauth/webhooks/event-dispatcher.js';
import { EventReceiver } from '../propelauth/webhooks/event-receiver.js';
import { EventHandlers } from '../propelauth/webhooks/event-handlers.js';
import { FinishedHandlers } from '../propelauth/webhooks/finished-handlers.js';
import { PropelAuthWebhooks } from '../propelauth/webhooks/propel-auth-webhooks.js';
import { WebhookEndpoint } from '../propelauth/webhooks/webhook-endpoint.js';
import { svixProvider, WebhookVerifier } from '../propelauth/webhooks/webhook-verifier.js';
import { optionalPackagesProvider } from '../transports/optional-packages.js';
import { roleOf } from '../transports/call-of.js';
import { CallTools } from '../transports/call-tools.js';

/**
 * The options of {@link PropelAuthModule.forRootAsync}: one of `useFactory` (with `inject` and `imports`), `useClass` and `useExisting`,
 * and optionally `isGlobal`, `requireUserByDefault`, `globalRules`, `except`, `plugins` and `account`.
 *
 * @publicApi
 */
export type PropelAuthModuleAsyncOptions = typeof ASYNC_OPTIONS_TYPE;

/**
 * Sets up PropelAuth for an application. Import it once, with {@link PropelAuthModule.forRoot} or
 * {@link PropelAuthModule.forRootAsync}.
 *
 * @example
 * ```ts
 * @Module({
 *   imports: [
 *     PropelAuthModule.forRoot({
 *       authUrl: process.env.PROPELAUTH_AUTH_URL!,
 *       apiKey: process.env.PROPELAUTH_API_KEY!,
 *     }),
 *   ],
 * })
 * export class AppModule {}
 * ```
 *
 * @publicApi
 */
@Module({
  providers: [
    WITHOUT_OPTIONS,
    {
      provide: ResolvedOptions,
      inject: [PROPELAUTH_MODULE_OPTIONS],
      useFactory: (options: PropelAuthModuleOptions) => new ResolvedOptions(options),
    },
    OptionsScopeCheck,
    // Still empty: the module fills them with the hooks of its plugins.
    { provide: LATE_HOOKS, useFactory: (): Hooks => ({}) },
    { provide: Hooks, useExisting: LATE_HOOKS },
    { provide: GLOBAL_LEVEL, useFactory: () => globalLevelOf() },
    BackendClient,
    svixProvider,
    WebhookVerifier,
    EventHandlers,
    FinishedHandlers,
    EventDispatcher,
    EventReceiver,
    PropelAuthWebhooks,
    WebhookEndpoint,
    OpenStreams,
    VerificationKeys,
    TokenVerifier,
    TokenCache,
    ApiKeyLookUps,
    ...CALLER_KINDS,
    {
      provide: CallerKinds,
      inject: [Hooks, ...CALLER_KINDS],
      useFactory: (hooks: Hooks, ...kinds: CoreKind[]) =>
        new CallerKinds([...kinds, ...(hooks.kinds ?? [])]),
    },
    OwnCallerKinds,
    OwnProviders,
    optionalPackagesProvider,
    CallTools,
    ConnectionAuthenticator,
    HandlerPreparation,
    {
      provide: Policies,
      inject: [ResolvedOptions, ModulesContainer, GLOBAL_LEVEL, CallerKinds, OwnProviders],
      useFactory: (
        { orgSource = orgFromParam() }: ResolvedOptions,
        modules: ModulesContainer,
        { rules: globalRules, except }: GlobalLevel,
        kinds: CallerKinds,
        own: OwnProviders,
      ) =>
        new Policies(
          {
            globalRules,
            orgSource,
            kinds: (name) => kinds.named(name),
            roleOf,
            own,
          },
          new Exemptions(roleOf, modules, except),
        ),
    },
    GlobalGuardCheck,
    GuardOverride,
    CallerIdentifier,
    CallerLookup,
    RequestCallers,
    CallerAuthorizer,
    DecisionReporter,
    { provide: ACCOUNT_LOADER, useFactory: () => undefined },
    ...RULE_TYPES.flatMap(({ providers = [] }) => providers),
    RuleProviders,
    Rejections,
    AccessDecider,
    // These check and describe the application as a whole. Nothing that decides about a call needs them.
    StartupAudit,
    MountedPathsAudit,
    ...handlerProbeProviders,
    PropelAuthService,
    PropelAuthGuard,
    PropelAuthHealthIndicator,
    {
      provide: PropelAuthApi,
      inject: [ResolvedOptions, Hooks],
      useFactory: createPropelAuthApi,
    },
  ],
  exports: [
    PropelAuthService,
    PropelAuthGuard,
    PropelAuthApi,
    PropelAuthHealthIndicator,
    PropelAuthWebhooks,
    // For the guards that Nest makes in the modules of the application.
    AccessDecider,
    Policies,
    GlobalGuardCheck,
    // For PropelAuthApiErrorFilter, which Nest makes there as well.
    ResolvedOptions,
  ],
})
export class PropelAuthModule extends ConfigurableModuleClass implements NestModule {
  /** @internal Nest's injector calls it. */
  constructor(
    modules: ModulesContainer,
    decider: AccessDecider,
    guard: PropelAuthGuard,
    private readonly audit: StartupAudit,
    private readonly mountedPaths: MountedPathsAudit,
  ) {
    super();
    assertOnlyOne(modules);
    decider.useGuard(guard);
  }

  /** @hidden Nest calls it when all singletons are made, before it registers routes and hands functions to tools that wrap them. */
  configure(): void {
    // Nest has not called the constructor if the options are request-scoped.
    (this.audit as StartupAudit | undefined)?.assertNothingIsOpen();
    (this.mountedPaths as MountedPathsAudit | undefined)?.warn();
  }

  /**
   * Sets up PropelAuth with the given options.
   *
   * @param options {@link PropelAuthModuleOptions}, with `isGlobal` (default: `true`), `requireUserByDefault` (default: `false`),
   * `globalRules`, `except`, `plugins` and `account` (default: none)
   * @returns the module to import
   * @throws {PropelAuthConfigurationError} for a wrong `isGlobal`, `requireUserByDefault`, `globalRules` or `except`, for a value that is
   * not a plugin, and for a plugin twice or two that cannot be used together. The other options are checked when the application starts
   * @example
   * ```ts
   * PropelAuthModule.forRoot({ authUrl: 'https://auth.example.com', apiKey, requireUserByDefault: true })
   * ```
   */
  static override forRoot(options: typeof OPTIONS_TYPE): DynamicModule {
    return super.forRoot(options);
  }

  /**
   * Sets up PropelAuth with options from a factory or a class, for example from `@nestjs/config`.
   *
   * @param options one of `useFactory` (with `inject` and `imports`), `useClass` and `useExisting`, and optionally `isGlobal` (default:
   * `true`), `requireUserByDefault` (default: `false`), `globalRules`, `except`, `plugins` and `account` (default: none)
   * @returns the module to import
   * @throws {PropelAuthConfigurationError} for an unknown or missing key, and for wrong plugins as {@link PropelAuthModule.forRoot}
   * @example
   * ```ts
   * PropelAuthModule.forRootAsync({
   *   inject: [ConfigService],
   *   useFactory: (config: ConfigService) => ({
   *     authUrl: config.getOrThrow('PROPELAUTH_AUTH_URL'),
   *     apiKey: config.getOrThrow('PROPELAUTH_API_KEY'),
   *   }),
   *   requireUserByDefault: true,
   * })
   * ```
   */
  static override forRootAsync(options: PropelAuthModuleAsyncOptions): DynamicModule {
    checkAsyncOptions(options);
    return super.forRootAsync(options);
  }
}

/** With two setups in one application, chance would decide which of them guards a route. */
function assertOnlyOne(modules: ModulesContainer): void {
  const setups = [...modules.values()].filter(
    (module) => module.providers.has(PROPELAUTH_MODULE_OPTIONS) && !isWithoutOptions(module),
  );
  if (setups.length < 2) return;
  const importers = [...modules.values()]
    .filter(({ metatype }) => isSetUpIn(metatype))
    .map(({ name }) => name);
  throw new PropelAuthConfigurationError(
    `PropelAuthModule is set up more than once${importers.length > 0 ? `, in ${importers.join(' and ')}` : ''}. Call forRoot() or ` +
      'forRootAsync() in AppModule only. Other modules need no import; with isGlobal: false, keep its result in a constant and import that.',
  );
}

/** Looks at the metadata of the class, because Nest adds global modules to the imports of every module. */
function isSetUpIn(type: Type): boolean {
  const imports = (Reflect.getMetadata('imports', type) ?? []) as Partial<
    DynamicModule | undefined
  >[];
  return imports.some((imported) => imported?.module === PropelAuthModule);
}
