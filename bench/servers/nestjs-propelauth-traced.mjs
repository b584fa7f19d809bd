import {
  createProtection as createWithTelemetry,
  traceRequests,
} from './nestjs-propelauth-telemetry.mjs';

/** This package with `telemetry`, where each request has a span. */
export function createProtection(verification, telemetry = true) {
  return { ...createWithTelemetry(verification, telemetry), middleware: [traceRequests()] };
}
