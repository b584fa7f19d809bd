import { AsyncLocalStorage } from 'node:async_hooks';
import { context, metrics, trace } from '@opentelemetry/api';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { telemetry } from '../../dist/telemetry/index.js';
import { createProtection as createPlainProtection } from './nestjs-propelauth.mjs';

const READ_MILLISECONDS = 1_000;

/** Reads all metrics every second, as an exporter does, and sends them nowhere. */
class Reader extends MetricReader {
  constructor() {
    super();
    setInterval(() => void this.collect(), READ_MILLISECONDS).unref();
  }

  async onForceFlush() {}
  async onShutdown() {}
}

/** This package with `telemetry()`, and the metrics SDK of OpenTelemetry with a reader. */
export function createProtection(verification, options = {}) {
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [new Reader()] }));
  return createPlainProtection(verification, { plugins: [telemetry(options)] });
}

/** A middleware that runs each request in a span, as instrumentations do, so that there is one to set attributes on. */
export function traceRequests() {
  context.setGlobalContextManager(new ContextManager());
  const tracer = new BasicTracerProvider().getTracer('bench');
  return (_request, response, next) => {
    const span = tracer.startSpan('request');
    response.once('finish', () => span.end());
    context.with(trace.setSpan(context.active(), span), next);
  };
}

/** As much of that of `@opentelemetry/context-async-hooks` as is needed. */
class ContextManager {
  #storage = new AsyncLocalStorage();
  #root = context.active();

  active() {
    return this.#storage.getStore() ?? this.#root;
  }

  with(active, call, self, ...values) {
    return this.#storage.run(active, () => call.apply(self, values));
  }

  bind(_context, target) {
    return target;
  }

  enable() {
    return this;
  }

  disable() {
    return this;
  }
}
