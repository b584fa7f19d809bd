import {
  createProtection as createWithTelemetry,
  traceRequests,
} from './nestjs-propelauth-telemetry.mjs';

/** This package with `telemetry()`, where each request has a span. */
export function createProtection(verification, options = {}) {
  return { ...createWithTelemetry(verification, options), middleware: [traceRequests()] };
}
