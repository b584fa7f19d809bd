import type {
  BatchObservableCallback,
  BatchObservableResult,
  Meter,
  MeterProvider,
  Observable,
} from '@opentelemetry/api';
import type { CacheCounts } from '../extend.js';
import { meterOf } from './meter.js';

/** The state of an application that metrics report whenever they are read. */
export interface ObservedState {
  /** How many seconds ago PropelAuth last confirmed the verification key; `undefined` without a key, and for a key in the options. */
  keyAgeSeconds(): number | undefined;
  /** For how many seconds changes of access from other instances may have been missed; `undefined` if instances share no changes. */
  changesLagSeconds(): number | undefined;
  /** The counts of the caches that are in use. */
  caches(): ReadonlyMap<string, CacheCounts>;
}

/**
 * Reports the state of all applications of this process. Callbacks of two applications would overwrite each other's observations with the
 * same attributes, so all applications share one set of instruments.
 */
class Observations {
  private readonly states = new Set<ObservedState>();
  private provider: MeterProvider | undefined;
  private stopReporting: () => void = () => {};

  /** @param provider the current meter provider: an application may set it after startup, and tests set several */
  add(state: ObservedState, provider: MeterProvider): void {
    this.states.add(state);
    if (provider === this.provider) return;
    this.stop();
    this.stopReporting = report(this.states, provider);
    this.provider = provider;
  }

  remove(state: ObservedState): void {
    this.states.delete(state);
    if (this.states.size === 0) this.stop();
  }

  private stop(): void {
    const stopReporting = this.stopReporting;
    this.stopReporting = () => {};
    this.provider = undefined;
    stopReporting();
  }
}

/** The observations of this process. */
export const observations = new Observations();

/** Reports states until the returned function is called. */
function report(states: ReadonlySet<ObservedState>, provider: MeterProvider): () => void {
  const meter = meterOf(provider);
  const instruments = createInstruments(meter);
  const observe: BatchObservableCallback = (result) => observeStates(result, instruments, states);
  const all = Object.values(instruments);
  meter.addBatchObservableCallback(observe, all);
  return () => meter.removeBatchObservableCallback(observe, all);
}

function createInstruments(meter: Meter) {
  return {
    keyAge: meter.createObservableGauge('propelauth.verification_key.age', {
      description: 'Time since PropelAuth last confirmed the verification key.',
      unit: 's',
    }),
    changesLag: meter.createObservableGauge('propelauth.access_changes.lag', {
      description: 'Time for which changes of access from other instances may have been missed.',
      unit: 's',
    }),
    cacheEntries: meter.createObservableUpDownCounter('propelauth.cache.entries', {
      description: 'Entries in the caches of the package.',
      unit: '{entry}',
    }),
    cacheLookups: meter.createObservableCounter('propelauth.cache.lookups', {
      description: 'Cache lookups of the package.',
      unit: '{lookup}',
    }),
    // Counted since startup: a ratio since the last reading would depend on how many readers there are.
    hitRatio: meter.createObservableGauge('propelauth.cache.hit_ratio', {
      description: 'Share of cache lookups since startup that were hits.',
      unit: '1',
    }),
  };
}

/** Counts of several applications are added up; of several times, the longest is reported. */
function observeStates(
  result: BatchObservableResult,
  {
    keyAge,
    changesLag,
    cacheEntries,
    cacheLookups,
    hitRatio,
  }: ReturnType<typeof createInstruments>,
  states: ReadonlySet<ObservedState>,
): void {
  const longest = (gauge: Observable, secondsOf: (state: ObservedState) => number | undefined) => {
    const known = [...states].map(secondsOf).filter((seconds) => seconds !== undefined);
    if (known.length > 0) result.observe(gauge, Math.max(...known));
  };
  longest(keyAge, (state) => state.keyAgeSeconds());
  longest(changesLag, (state) => state.changesLagSeconds());
  for (const [name, { entries, hits, misses }] of totalsOf(states)) {
    const cache = { 'propelauth.cache.name': name };
    result.observe(cacheEntries, entries, cache);
    result.observe(cacheLookups, hits, { ...cache, 'propelauth.cache.result': 'hit' });
    result.observe(cacheLookups, misses, { ...cache, 'propelauth.cache.result': 'miss' });
    if (hits + misses > 0) result.observe(hitRatio, hits / (hits + misses), cache);
  }
}

function totalsOf(states: ReadonlySet<ObservedState>): Map<string, CacheCounts> {
  const totals = new Map<string, CacheCounts>();
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
