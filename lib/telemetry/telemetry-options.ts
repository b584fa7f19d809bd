import { checkBoolean, checkOptions } from '../extend.js';

export function checkTelemetry(value: unknown): Required<TelemetryOptions> {
  const { spanAttributes } = checkOptions(
    'telemetry',
    value,
    ['spanAttributes'],
    'Pass { spanAttributes } to telemetry(), or nothing.',
  );
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
