import { BackendClient } from '../backend/backend-client.js';
import { PropelAuthApi } from '../api/propel-auth-api.js';
import { PropelAuthConfigurationError } from '../options/configuration.error.js';
import type { PropelAuthModuleOptions } from '../options/propel-auth-module-options.interface.js';
import { ResolvedOptions } from '../options/resolved-options.js';
import { PROPELAUTH_MODULE_OPTIONS } from '../module/propel-auth.module-definition.js';
import { DecisionReporter } from '../decision/decision-reporter.js';
import { HANDLER_PROBE } from '../module/handler-probe.js';
import { AccessProbe } from './access-matrix/access-probe.js';
import { Telemetry } from '../telemetry/telemetry.js';
import { ObservingReporter } from './access-matrix/observing-reporter.js';
import { assertNotInProduction } from './development-only.js';
import { FakeBackendClient } from './fake-api/fake-backend-client.js';
import { FakePropelAuthApi } from './fake-api/fake-propel-auth-api.js';
import { isJsonObject } from '../values/json-object.js';
import type { TestIssuer } from './issuer/test-issuer.js';

/**
 * The part of `TestingModuleBuilder` of `@nestjs/testing` that {@link overridePropelAuth} uses.
 */
export interface ProviderOverrides {
  /**
   * Replaces a provider.
   *
   * @param token the token of the provider
   * @returns the methods that set the replacement
   */
  overrideProvider(token: unknown): {
    useValue(value: unknown): unknown;
    useFactory(factory: {
      factory: (...dependencies: never[]) => unknown;
      inject?: unknown[];
    }): unknown;
  };
}

/**
 * The replacements of PropelAuth.
 *
 * @publicApi
 */
export interface PropelAuthOverrides {
  /** The issuer whose access tokens the application accepts. */
  readonly issuer: TestIssuer;
  /** The fake for `PropelAuthApi`, API keys, step-up grants and tokens of MCP clients. Default: one without users. */
  readonly api?: FakePropelAuthApi;
}

/**
 * Replaces PropelAuth with a {@link TestIssuer} and a {@link FakePropelAuthApi}, in an application that imports
 * `PropelAuthModule`. The issuer also replaces `webhooks.secret` and, in an application with the option `mcp`, `mcp.introspection`; the other options of the module stay the same. No request goes to
 * PropelAuth.
 *
 * It also adds a global interceptor that answers the calls of `expectAccess(app).toHold()` and passes on all others.
 *
 * @param builder the result of `Test.createTestingModule()`
 * @param overrides the issuer and the API; see {@link PropelAuthOverrides}
 * @returns the builder
 * @throws {PropelAuthConfigurationError} if the `api` has another issuer, and with `NODE_ENV=production`
 * @example
 * ```ts
 * const issuer = await TestIssuer.create();
 * const moduleRef = await overridePropelAuth(Test.createTestingModule({ imports: [AppModule] }), { issuer }).compile();
 * ```
 *
 * @publicApi
 */
export function overridePropelAuth<Builder extends ProviderOverrides>(
  builder: Builder,
  overrides: PropelAuthOverrides,
): Builder {
  assertNotInProduction('overridePropelAuth()');
  const { issuer, api = new FakePropelAuthApi({ issuer }) } = overrides;
  if (api.project.issuer !== issuer) {
    throw new PropelAuthConfigurationError(
      'The api of overridePropelAuth() has another issuer, whose access tokens the application rejects. Create it with the same ' +
        'issuer: new FakePropelAuthApi({ issuer }).',
    );
  }
  builder.overrideProvider(ResolvedOptions).useFactory({
    factory: (options: PropelAuthModuleOptions) =>
      new ResolvedOptions({
        ...options,
        ...issuer.moduleOptions,
        webhooks: { ...options.webhooks, ...issuer.moduleOptions.webhooks },
        // The MCP server stays the application's. Without one, there are no tokens to introspect.
        ...(isJsonObject(options.mcp) && {
          mcp: { ...options.mcp, introspection: issuer.introspection },
        }),
      }),
    inject: [PROPELAUTH_MODULE_OPTIONS],
  });
  const probe = new AccessProbe(issuer, api);
  builder.overrideProvider(HANDLER_PROBE).useValue(probe);
  builder.overrideProvider(DecisionReporter).useFactory({
    factory: (options: ResolvedOptions, telemetry?: Telemetry) =>
      new ObservingReporter(probe, options, telemetry),
    inject: [ResolvedOptions, Telemetry],
  });
  builder.overrideProvider(PropelAuthApi).useValue(api);
  builder.overrideProvider(BackendClient).useFactory({
    factory: ({ mcp }: ResolvedOptions) => new FakeBackendClient(issuer, api, mcp?.resource),
    inject: [ResolvedOptions],
  });
  return builder;
}
