import { PropelAuthConfigurationError } from '../options/configuration.error.js';
import { checkBoolean } from '../options/option-checks.js';
import { isJsonObject } from '../values/json-object.js';

export function checkTelemetry(value: unknown): Required<TelemetryOptions> {
  if (!isJsonObject(value)) {
    throw new PropelAuthConfigurationError(
      'The options of telemetry() are not an object. Pass { spanAttributes }, or nothing.',
    );
  }
  const { spanAttributes, ...unknown } = value;
  const [unknownKey] = Object.keys(unknown);
  if (unknownKey !== undefined) {
    throw new PropelAuthConfigurationError(
      `telemetry.${unknownKey} is not an option. Remove it or correct its spelling; telemetry() takes spanAttributes.`,
    );
  }
  return { spanAttributes: checkBoolean('telemetry.spanAttributes', spanAttributes, false) };
}

/**
 * The options of {@link telemetry}.
 *
 * @example
 * ```ts
 * const options: TelemetryOptions = { spanAttributes: true };
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
