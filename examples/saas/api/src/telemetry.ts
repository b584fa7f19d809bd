/*
 * Node.js loads this file before the application (`--import`). The standard variables choose the exporters, such as
 * OTEL_TRACES_EXPORTER=console, or OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318. Without one, nothing is recorded.
 */
import { env } from 'node:process';

if (env.OTEL_TRACES_EXPORTER ?? env.OTEL_METRICS_EXPORTER ?? env.OTEL_EXPORTER_OTLP_ENDPOINT) {
  await import('@opentelemetry/auto-instrumentations-node/register');
}
