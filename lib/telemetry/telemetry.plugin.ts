import type { PropelAuthPlugin, PropelAuthPluginFactory } from '../index.js';
import { createPlugin } from '../extend.js';
import { StateReport } from './state-report.js';
import { createTelemetry, Telemetry } from './telemetry.js';
import { checkTelemetry, type TelemetryOptions } from './telemetry-options.js';

const TELEMETRY_OPTIONS = Symbol('nestjs-propelauth: the options of telemetry()');

/**
 * Records decisions, requests to PropelAuth, caches and the verification key with OpenTelemetry. It needs the package `@opentelemetry/api`
 * and a meter provider of your application.
 *
 * @param options `spanAttributes`: whether the ids of callers are set on spans. Default: `false`; or `{ imports, inject, useFactory }`, whose
 * factory returns the options, or `false` for no telemetry
 * @returns a plugin, for the option `plugins` of `PropelAuthModule`. Startup fails for a wrong option, and without `@opentelemetry/api`
 * @example
 * ```ts
 * PropelAuthModule.forRoot({ authUrl, apiKey, plugins: [telemetry({ spanAttributes: true })] })
 * ```
 *
 * @publicApi
 */
export function telemetry(
  options: TelemetryOptions | PropelAuthPluginFactory<TelemetryOptions> = {},
): PropelAuthPlugin {
  return createPlugin(
    {
      name: 'telemetry',
      token: TELEMETRY_OPTIONS,
      check: checkTelemetry,
      providers: [
        { provide: Telemetry, inject: [TELEMETRY_OPTIONS], useFactory: createTelemetry },
        StateReport,
      ],
      hooks: Telemetry,
    },
    options,
  );
}
