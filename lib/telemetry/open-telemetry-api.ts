import type { MetricsAPI, TraceAPI } from '@opentelemetry/api';

/** The part of `@opentelemetry/api` that is used here. */
export interface OpenTelemetryApi {
  readonly metrics: Pick<MetricsAPI, 'getMeterProvider'>;
  readonly trace: Pick<TraceAPI, 'getActiveSpan' | 'isSpanContextValid'>;
}

/** The package `@opentelemetry/api`; `undefined` when it is not installed. */
export async function loadOpenTelemetry(): Promise<OpenTelemetryApi | undefined> {
  try {
    const { metrics, trace } = await import('@opentelemetry/api');
    // Not the imported module itself: Nest's explorers read the constructor of every provider, and an imported module has none.
    return { metrics, trace };
  } catch {
    return undefined;
  }
}
