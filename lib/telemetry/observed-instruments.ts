import type { MeterProvider, Observable, ObservableResult } from '@opentelemetry/api';
import { meterOf } from './meter.js';
import type { CacheCounts, CacheName } from '../extend.js';

/** The state of an application that metrics report whenever they are read. */
export interface ObservedState {
  /** How many seconds ago PropelAuth last confirmed the verification key; `undefined` without a key, and for a key in the options. */
  keyAgeSeconds(): number | undefined;
  /** For how many seconds changes of access from other instances may have been missed; `undefined` if instances share no changes. */
  changesLagSeconds(): number | undefined;
  /** The counts of the caches that are in use. */
  caches(): ReadonlyMap<CacheName, CacheCounts>;
}

/** An instrument, and the callback that reports its values when it is read. */
interface ObservedInstrument {
  readonly instrument: Observable;
  readonly observe: (result: ObservableResult) => void;
}

/**
 * The instruments that OpenTelemetry reads with callbacks. Counts of several applications are added up; of several times, the longest is
 * reported.
 */
export function observedInstruments(
  provider: MeterProvider,
  states: ReadonlySet<ObservedState>,
): ObservedInstrument[] {
  const meter = meterOf(provider);
  return [
    {
      instrument: meter.createObservableGauge('propelauth.verification_key.age', {
        description: 'Time since PropelAuth last confirmed the verification key.',
        unit: 's',
      }),
      observe: (result) => observeLongest(result, states, (state) => state.keyAgeSeconds()),
    },
    {
      instrument: meter.createObservableGauge('propelauth.access_changes.lag', {
        description: 'Time for which changes of access from other instances may have been missed.',
        unit: 's',
      }),
      observe: (result) => observeLongest(result, states, (state) => state.changesLagSeconds()),
    },
    {
      instrument: meter.createObservableUpDownCounter('propelauth.cache.entries', {
        description: 'Entries in the caches of the package.',
        unit: '{entry}',
      }),
      observe: (result) => {
        for (const [name, { entries }] of totalsOf(states)) result.observe(entries, cache(name));
      },
    },
    {
      instrument: meter.createObservableCounter('propelauth.cache.lookups', {
        description: 'Cache lookups of the package.',
        unit: '{lookup}',
      }),
      observe: (result) => {
        for (const [name, { hits, misses }] of totalsOf(states)) {
          result.observe(hits, { ...cache(name), 'propelauth.cache.result': 'hit' });
          result.observe(misses, { ...cache(name), 'propelauth.cache.result': 'miss' });
        }
      },
    },
    {
      // Counted since startup: a ratio since the last reading would depend on how many readers there are.
      instrument: meter.createObservableGauge('propelauth.cache.hit_ratio', {
        description: 'Share of cache lookups since startup that were hits.',
        unit: '1',
      }),
      observe: (result) => {
        for (const [name, { hits, misses }] of totalsOf(states)) {
          if (hits + misses > 0) result.observe(hits / (hits + misses), cache(name));
        }
      },
    },
  ];
}

function observeLongest(
  result: ObservableResult,
  states: ReadonlySet<ObservedState>,
  secondsOf: (state: ObservedState) => number | undefined,
): void {
  const seconds = [...states].map(secondsOf).filter((value) => value !== undefined);
  if (seconds.length > 0) result.observe(Math.max(...seconds), {});
}

function totalsOf(states: ReadonlySet<ObservedState>): Map<CacheName, CacheCounts> {
  const totals = new Map<CacheName, CacheCounts>();
  for (const state of states) {
    for (const [name, counts] of state.caches()) {
      const { entries, hits, misses } = totals.get(name) ?? { entries: 0, hits: 0, misses: 0 };
      totals.set(name, {
        entries: entries + counts.entries,
        hits: hits + counts.hits,
        misses: misses + counts.misses,
      });
    }
  }
  return totals;
}

function cache(name: CacheName) {
  return { 'propelauth.cache.name': name };
}
