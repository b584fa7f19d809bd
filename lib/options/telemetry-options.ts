import { isJsonObject } from '../values/json-object.js';
import { PropelAuthConfigurationError } from './configuration.error.js';
import { checkBoolean } from './option-checks.js';

/** What is recorded with OpenTelemetry, checked. */
export interface ResolvedTelemetryOptions {
  readonly spanAttributes: boolean;
}

/** @returns `undefined` when it is off */
export function checkTelemetry(value: unknown): ResolvedTelemetryOptions | undefined {
  if (value === undefined || value === false) return undefined;
  if (value === true) return { spanAttributes: false };
  if (!isJsonObject(value)) {
    throw new PropelAuthConfigurationError(
      'telemetry is neither a boolean nor an object. Set it to true or { spanAttributes } (an environment variable is a ' +
        "string: compare it with 'true').",
    );
  }
  const { spanAttributes, ...unknown } = value;
  const [unknownKey] = Object.keys(unknown);
  if (unknownKey !== undefined) {
    throw new PropelAuthConfigurationError(
      `telemetry.${unknownKey} is not an option. Remove it or correct its spelling; telemetry takes spanAttributes.`,
    );
  }
  return { spanAttributes: checkBoolean('telemetry.spanAttributes', spanAttributes, false) };
}

/**
 * The options of telemetry, for {@link PropelAuthModuleOptions.telemetry}.
 *
 * @example
 * ```ts
 * const telemetry: TelemetryOptions = { spanAttributes: true };
 * ```
 *
 * @publicApi
 */
export interface TelemetryOptions {
  /**
   * Whether the guard sets `user.id`, `organization.id` and `impersonator.id` on the active span of each call with a verified caller. The
   * ids are personal data, and are sent wherever your traces are sent. Default: `false`.
   */
  spanAttributes?: boolean;
}
