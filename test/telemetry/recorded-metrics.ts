import { metrics, type Attributes } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
  type Histogram,
  type MetricData,
} from '@opentelemetry/sdk-metrics';
import { registerCleanup } from '../support/clean-up.js';

/** A value with its attributes. */
export interface Point {
  readonly attributes: Attributes;
  readonly value: unknown;
}

/** What the SDK of OpenTelemetry exports, into memory. */
export class RecordedMetrics {
  private readonly exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  private readonly provider = new MeterProvider({
    readers: [
      new PeriodicExportingMetricReader({
        exporter: this.exporter,
        exportIntervalMillis: 3_600_000,
      }),
    ],
  });

  /** Becomes the meter provider of the process until the test ends. */
  static start(): RecordedMetrics {
    const recorded = new RecordedMetrics();
    metrics.disable();
    metrics.setGlobalMeterProvider(recorded.provider);
    registerCleanup(() => recorded.stop());
    return recorded;
  }

  /** What is exported now, by the names of the instruments. */
  async read(): Promise<Map<string, MetricData>> {
    this.exporter.reset();
    await this.provider.forceFlush();
    const scopes = this.exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics);
    const own = scopes.filter(({ scope }) => scope.name === 'nestjs-propelauth');
    return new Map(
      own.flatMap((scope) => scope.metrics.map((data) => [data.descriptor.name, data])),
    );
  }

  async pointsOf(name: string): Promise<Point[]> {
    const data = (await this.read()).get(name);
    return (data?.dataPoints ?? []).map(({ attributes, value }) => ({ attributes, value }));
  }

  /** Decisions, each as `allowed reason credential transport` and how many there were. */
  async decisions(): Promise<Record<string, unknown>> {
    const points = await this.pointsOf('propelauth.decisions');
    return Object.fromEntries(
      points.map(({ attributes, value }) => [inWords(attributes, 'propelauth.decision.'), value]),
    );
  }

  /** Calls to PropelAuth, each as `name origin outcome` and how many there were. */
  async calls(): Promise<Record<string, number>> {
    const points = await this.pointsOf('propelauth.call.duration');
    return Object.fromEntries(
      points.map(({ attributes, value }) => [
        ['name', 'origin', 'outcome'].map((key) => attributes[`propelauth.call.${key}`]).join(' '),
        (value as Histogram).count,
      ]),
    );
  }

  /** What one cache counted: `entries`, `hit` and `miss`. */
  async cache(name: string): Promise<Record<string, unknown>> {
    const isOfCache = ({ attributes }: Point) => attributes['propelauth.cache.name'] === name;
    const entries = (await this.pointsOf('propelauth.cache.entries')).filter(isOfCache);
    const lookUps = (await this.pointsOf('propelauth.cache.lookups')).filter(isOfCache);
    return Object.fromEntries([
      ...entries.map(({ value }) => ['entries', value]),
      ...lookUps.map(({ attributes, value }) => [attributes['propelauth.cache.result'], value]),
    ]) as Record<string, unknown>;
  }

  async stop(): Promise<void> {
    metrics.disable();
    await this.provider.shutdown();
  }
}

function inWords(attributes: Attributes, prefix: string): string {
  const keys = ['allowed', 'reason', 'credential', 'transport'];
  const known = keys.map((key) => prefix + key).filter((key) => key in attributes);
  expect(Object.keys(attributes).toSorted()).toEqual(known.toSorted());
  return known
    .map((key) => attributes[key])
    .map((value) => (value === true ? 'allowed' : value === false ? 'rejected' : String(value)))
    .join(' ');
}
