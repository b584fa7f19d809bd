/**
 * What is recorded with OpenTelemetry, for {@link PropelAuthModuleOptions.telemetry}.
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
   * Whether the guard sets `user.id`, `organization.id` and `impersonator.id` on the active span of each call with a verified caller. They
   * are personal data, and go wherever your traces go. Default: `false`.
   */
  spanAttributes?: boolean;
}
