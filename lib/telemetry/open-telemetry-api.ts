export type AttributeValues = Record<string, string | boolean>;

/** The part of `@opentelemetry/api` that is used here. The package is optional, so its types may be missing as well. */
export interface OpenTelemetryApi {
  readonly metrics: { getMeterProvider(): MeterProvider };
  readonly trace: {
    getActiveSpan(): Span | undefined;
    isSpanContextValid(context: ReturnType<Span['spanContext']>): boolean;
  };
}

export interface MeterProvider {
  getMeter(name: string, version: string): Meter;
}

export interface Meter {
  createCounter(name: string, options: InstrumentOptions): Counter;
  createHistogram(name: string, options: InstrumentOptions): Histogram;
  createObservableCounter(name: string, options: InstrumentOptions): Observable;
  createObservableUpDownCounter(name: string, options: InstrumentOptions): Observable;
  createObservableGauge(name: string, options: InstrumentOptions): Observable;
}

interface InstrumentOptions {
  readonly description: string;
  readonly unit: string;
  readonly advice?: { explicitBucketBoundaries: number[] };
}

export interface Counter {
  add(value: number, attributes: AttributeValues): void;
}

export interface Histogram {
  record(value: number, attributes: AttributeValues): void;
}

/** An instrument that is read with callbacks. */
export interface Observable {
  addCallback(callback: ObservableCallback): void;
  removeCallback(callback: ObservableCallback): void;
}

type ObservableCallback = (result: ObservableResult) => void;

export interface ObservableResult {
  observe(value: number, attributes?: AttributeValues): void;
}

interface Span {
  setAttributes(attributes: AttributeValues): unknown;
  spanContext(): { readonly traceId: string; readonly spanId: string };
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
