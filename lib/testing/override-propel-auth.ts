import { BackendClient } from '../backend/backend-client.js';
import { PropelAuthApi } from '../api/propel-auth-api.js';
import { PropelAuthConfigurationError } from '../options/configuration.error.js';
import type { PropelAuthModuleOptions } from '../options/propel-auth-module-options.interface.js';
import { ResolvedOptions } from '../options/resolved-options.js';
import { PROPELAUTH_MODULE_OPTIONS } from '../module/propel-auth.module-definition.js';
import { assertNotInProduction } from './development-only.js';
import { FakePropelAuthApi } from './fake-api/fake-propel-auth-api.js';
import type { TestIssuer } from './issuer/test-issuer.js';

/**
 * What {@link overridePropelAuth} needs of the `TestingModuleBuilder` of `@nestjs/testing`.
 *
 * @publicApi
 */
export interface ProviderOverrides {
  /**
   * Puts something in the place of a provider.
   *
   * @param token of the provider
   * @returns what takes the replacement
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
 * What stands in for PropelAuth.
 *
 * @publicApi
 */
export interface PropelAuthOverrides {
  /** Whose access tokens are accepted. */
  readonly issuer: TestIssuer;
  /** What answers `PropelAuthApi`, API keys and step-up grants. Default: one without users. */
  readonly api?: FakePropelAuthApi;
}

/**
 * Puts a {@link TestIssuer} and a {@link FakePropelAuthApi} in the place of PropelAuth, for an application whose module sets up
 * `PropelAuthModule` itself. Its other options stay as they are, and nothing asks PropelAuth any more.
 *
 * @param builder what `Test.createTestingModule()` returned
 * @param overrides the issuer and the API; see {@link PropelAuthOverrides}
 * @returns the builder
 * @throws {PropelAuthConfigurationError} when the api was made with another issuer, and under `NODE_ENV=production`
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
      'The api of overridePropelAuth() was made with another issuer, whose access tokens would be refused. Make it with this ' +
        'one: new FakePropelAuthApi({ issuer }).',
    );
  }
  builder.overrideProvider(ResolvedOptions).useFactory({
    factory: (options: PropelAuthModuleOptions) =>
      new ResolvedOptions({ ...options, ...issuer.moduleOptions }),
    inject: [PROPELAUTH_MODULE_OPTIONS],
  });
  builder.overrideProvider(PropelAuthApi).useValue(api);
  builder.overrideProvider(BackendClient).useValue(api.backendClient);
  return builder;
}
