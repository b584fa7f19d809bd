// Loaded before the application. The variables of OpenTelemetry choose the exporters, such as OTEL_TRACES_EXPORTER=console.
const { OTEL_TRACES_EXPORTER, OTEL_EXPORTER_OTLP_ENDPOINT } = process.env;
if (OTEL_TRACES_EXPORTER ?? OTEL_EXPORTER_OTLP_ENDPOINT) {
  await import('@opentelemetry/auto-instrumentations-node/register');
}
