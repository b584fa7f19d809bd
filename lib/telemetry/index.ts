/**
 * Metrics and spans with OpenTelemetry. The only part that needs `@opentelemetry/api`.
 *
 * @module nestjs-propelauth/telemetry
 */
export { telemetry } from './telemetry.plugin.js';
export type { TelemetryOptions } from './telemetry-options.js';
export type { PropelAuthPlugin, PropelAuthPluginFactory } from '../index.js';
