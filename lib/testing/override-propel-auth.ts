import { assertNotInProduction } from 'propelauth-emulator';
import { DecisionReporter } from '../decision/decision-reporter.js';
import { AccessDecider } from '../guard/access-decider.js';
import { CallerAccounts } from '../rules/account/caller-accounts.js';
import { HANDLER_PROBE } from '../module/handler-probe.js';
import { PROPELAUTH_MODULE_OPTIONS } from '../module/propel-auth.module-definition.js';
import { PropelAuthConfigurationError } from '../options/configuration.error.js';
import type { PropelAuthModuleOptions } from '../options/propel-auth-module-options.interface.js';
import { OwnVerdicts } from '../rules/application/own-verdicts.js';
import { Resources } from '../rules/application/resources.js';
import { ResolvedOptions } from '../options/resolved-options.js';
import { LATE_HOOKS, type Hooks } from '../plugins/hooks.js';
import { IntrospectionClient } from '../mcp/callers/introspection-client.js';
import { McpServerOptions } from '../mcp/mcp-options.js';
import { AccessProbe } from './access-matrix/access-probe.js';
import {
  ObservingReporter,
  ProbedAccounts,
  ProbedDecider,
  ProbedResources,
  ProbedVerdicts,
} from './access-matrix/probed-providers.js';
import { TestEmulator } from './test-emulator.js';
import { TestIssuer } from './test-issuer.js';

/**
 * The part of `TestingModuleBuilder` of `@nestjs/testing` that {@link overridePropelAuth} uses.
 */
interface ProviderOverrides {
  /**
   * Replaces a provider.
   *
   * @param token the token of the provider
   * @returns the methods that set the replacement
   */
  overrideProvider(token: unknown): {
    useValue(value: unknown): unknown;
    useClass(type: unknown): unknown;
    useFactory(factory: {
      factory: (...dependencies: never[]) => unknown;
      inject?: unknown[];
    }): unknown;
  };
}

/**
 * The replacement of PropelAuth: an emulator, or an issuer alone for tests that need tokens only.
 *
 * @publicApi
 */
export type PropelAuthOverrides =
  | {
      /** Answers everything that the application asks PropelAuth. */
      readonly emulator: TestEmulator;
      readonly issuer?: undefined;
    }
  | {
      /** The issuer whose access tokens the application accepts. An emulator with the users of its tokens answers everything else. */
      readonly issuer: TestIssuer;
      readonly emulator?: undefined;
    };

/**
 * Replaces PropelAuth with an emulator, in an application that imports `PropelAuthModule`. All requests of the guard and of `PropelAuthApi`
 * are answered in memory. The emulator also replaces `webhooks.secret` and, in an application with `mcpServer()`, `mcpServer.introspection`;
 * the other options of the module stay the same.
 *
 * It also ends the calls of `expectAccess(app).toHold()` before their handlers, and passes on all others.
 *
 * @param builder the result of `Test.createTestingModule()`
 * @param overrides the emulator or the issuer; see {@link PropelAuthOverrides}
 * @returns the builder
 * @throws {PropelAuthConfigurationError} for anything but an emulator or an issuer, such as a promise of one
 * @throws `EmulatorError` with `NODE_ENV=production`
 * @example
 * ```ts
 * const emulator = await createEmulator({ seed: 'propelauth.emulator.json' });
 * const moduleRef = await overridePropelAuth(Test.createTestingModule({ imports: [AppModule] }), { emulator }).compile();
 * ```
 *
 * @publicApi
 */
export function overridePropelAuth<Builder extends ProviderOverrides>(
  builder: Builder,
  overrides: PropelAuthOverrides,
): Builder {
  assertNotInProduction('overridePropelAuth()');
  const emulator = emulatorIn(overrides);
  // The resource of the application's MCP server. Tokens that name no resource are issued for it.
  let mcpResource: string | undefined;
  const fetch: typeof globalThis.fetch = async (...request) =>
    emulator.handle(new Request(...request), mcpResource);
  builder.overrideProvider(ResolvedOptions).useFactory({
    factory: (options: PropelAuthModuleOptions) =>
      emulatedOptions(options, emulator, overrides.issuer !== undefined, fetch),
    inject: [PROPELAUTH_MODULE_OPTIONS],
  });
  builder.overrideProvider(IntrospectionClient).useFactory({
    factory: (options: ResolvedOptions, mcp?: McpServerOptions, hooks?: Hooks) => {
      mcpResource = mcp?.resource;
      return mcp && new IntrospectionClient(options, emulator.issuer.introspection, hooks);
    },
    inject: [ResolvedOptions, McpServerOptions, LATE_HOOKS],
  });
  builder.overrideProvider(HANDLER_PROBE).useValue(new AccessProbe(emulator));
  builder.overrideProvider(AccessDecider).useClass(ProbedDecider);
  builder.overrideProvider(DecisionReporter).useClass(ObservingReporter);
  builder.overrideProvider(CallerAccounts).useClass(ProbedAccounts);
  builder.overrideProvider(OwnVerdicts).useClass(ProbedVerdicts);
  builder.overrideProvider(Resources).useClass(ProbedResources);
  return builder;
}

function emulatorIn({ emulator, issuer }: PropelAuthOverrides): TestEmulator {
  if (emulator instanceof TestEmulator) return emulator;
  if (issuer instanceof TestIssuer) return new TestEmulator(issuer);
  const [name, create] =
    issuer === undefined ? ['emulator', 'createEmulator()'] : ['issuer', 'TestIssuer.create()'];
  throw new PropelAuthConfigurationError(
    `${name} of overridePropelAuth() is not the result of ${create}. Set it to one: const ${name} = await ${create}.`,
  );
}

/** @param isKeyKnown whether the application has the verification key, and need not fetch it */
function emulatedOptions(
  options: PropelAuthModuleOptions,
  emulator: TestEmulator,
  isKeyKnown: boolean,
  fetch: typeof globalThis.fetch,
): ResolvedOptions {
  const { issuer } = emulator;
  const { manualTokenVerificationMetadata, ...moduleOptions } = issuer.moduleOptions;
  return new ResolvedOptions(
    {
      ...options,
      ...moduleOptions,
      manualTokenVerificationMetadata: isKeyKnown ? manualTokenVerificationMetadata : undefined,
      webhooks: options.webhooks && { ...options.webhooks, secret: issuer.webhookSecret },
    },
    fetch,
  );
}
