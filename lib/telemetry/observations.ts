import type { MeterProvider } from '@opentelemetry/api';
import { observedInstruments, type ObservedState } from './observed-instruments.js';

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
    this.stopReporting = this.reportTo(provider);
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

  private reportTo(provider: MeterProvider): () => void {
    const observed = observedInstruments(provider, this.states);
    for (const { instrument, observe } of observed) instrument.addCallback(observe);
    return () => {
      for (const { instrument, observe } of observed) instrument.removeCallback(observe);
    };
  }
}

/** The observations of this process. */
export const observations = new Observations();
