import type { Meter, MeterProvider } from '@opentelemetry/api';

/** The instruments that record each event. */
export type Instruments = ReturnType<typeof createInstruments>;

/** The buckets of durations in seconds, as the semantic conventions advise for HTTP clients. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

export function meterOf(provider: MeterProvider): Meter {
  return provider.getMeter(PACKAGE_NAME, PACKAGE_VERSION);
}

export function createInstruments(provider: MeterProvider) {
  const meter = meterOf(provider);
  return {
    decisions: meter.createCounter('propelauth.decisions', {
      description: 'Decisions of the guard.',
      unit: '{decision}',
    }),
    calls: meter.createHistogram('propelauth.call.duration', {
      description: 'Duration of calls to PropelAuth.',
      unit: 's',
      advice: { explicitBucketBoundaries: BUCKETS },
    }),
  };
}

/** The name and version of the package, with which OpenTelemetry labels its metrics. A test compares them with package.json. */
export const PACKAGE_NAME = 'nestjs-propelauth';
export const PACKAGE_VERSION = '0.1.0';
