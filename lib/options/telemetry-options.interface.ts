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
