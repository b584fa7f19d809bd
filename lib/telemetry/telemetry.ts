import type { MeterProvider, MetricsAPI, TraceAPI } from '@opentelemetry/api';
import { type CallTrace, PropelAuthConfigurationError } from '../index.js';
import {
  type DecisionOutcome,
  type Hooks,
  LimitedLog,
  loggableError,
  type MeasuredRequest,
  type RequestOutcome,
} from '../extend.js';
import type { TelemetryOptions } from './telemetry-options.js';
import { attributesOfCaller, attributesOfDecision } from './decided-call.js';
import { createInstruments, type Instruments } from './meter.js';
import { observations, type ObservedState } from './observations.js';

/** The used part of `@opentelemetry/api`. */
interface OpenTelemetryApi {
  readonly metrics: Pick<MetricsAPI, 'getMeterProvider'>;
  readonly trace: Pick<TraceAPI, 'getActiveSpan' | 'isSpanContextValid'>;
}

/** Records decisions, calls and state with OpenTelemetry. Errors in it are logged, and have no other effect. */
export class Telemetry implements Hooks {
  private readonly log = new LimitedLog();
  private provider: MeterProvider | undefined;
  private instruments: Instruments | undefined;
  private observed: ObservedState | undefined;
  private isObserving = false;

  constructor(
    private readonly api: OpenTelemetryApi,
    private readonly options: Required<TelemetryOptions>,
  ) {}

  /** Counts a decision, and sets the ids of the caller on the active span if the options ask for it. */
  decided(outcome: DecisionOutcome, transport: string): void {
    // For an application that never listens, such as a serverless function.
    if (!this.isObserving) this.startObserving();
    this.safely(() => {
      this.currentInstruments().decisions.add(1, attributesOfDecision(outcome, transport));
      if (!this.options.spanAttributes || outcome.userId === undefined) return;
      this.api.trace.getActiveSpan()?.setAttributes(attributesOfCaller(outcome));
    });
  }

  activeTrace(): CallTrace | undefined {
    return this.safely(() => {
      const { trace } = this.api;
      const context = trace.getActiveSpan()?.spanContext();
      if (context === undefined || !trace.isSpanContextValid(context)) return undefined;
      return { traceId: context.traceId, spanId: context.spanId };
    });
  }

  /**
   * Makes a call to PropelAuth, and records how long it takes.
   *
   * @param outcomeOf finds out from its error how a failed call ended
   */
  async measure<Answer>(
    call: MeasuredRequest,
    send: () => Promise<Answer>,
    outcomeOf: (error: unknown) => RequestOutcome,
  ): Promise<Answer> {
    const begin = performance.now();
    try {
      const answer = await send();
      this.called(call, begin, 'ok');
      return answer;
    } catch (error) {
      this.called(call, begin, outcomeOf(error));
      throw error;
    }
  }

  /** Takes the state that is reported from {@link startObserving} on, or from the first decision. */
  prepare(state: ObservedState): void {
    this.observed = state;
  }

  /** Reports the state whenever metrics are read, until {@link stopObserving}. */
  startObserving(): void {
    const { observed: state } = this;
    if (state === undefined) return;
    this.isObserving = true;
    this.safely(() => observations.add(state, this.api.metrics.getMeterProvider()));
  }

  stopObserving(): void {
    const { observed: state } = this;
    this.observed = undefined;
    this.isObserving = false;
    if (state !== undefined) this.safely(() => observations.remove(state));
  }

  private called({ name, origin }: MeasuredRequest, begin: number, outcome: RequestOutcome): void {
    this.safely(() =>
      this.currentInstruments().calls.record((performance.now() - begin) / 1000, {
        'propelauth.call.name': name,
        'propelauth.call.origin': origin,
        'propelauth.call.outcome': outcome,
        ...(outcome !== 'ok' && { 'error.type': outcome }),
      }),
    );
  }

  /**
   * The instruments of the current meter provider. Without a provider, OpenTelemetry's API creates instruments that do nothing, and never
   * replaces them.
   */
  private currentInstruments(): Instruments {
    const provider = this.api.metrics.getMeterProvider();
    if (this.instruments === undefined || provider !== this.provider) {
      this.instruments = createInstruments(provider);
      this.provider = provider;
      if (this.isObserving) this.startObserving();
    }
    return this.instruments;
  }

  private safely<Result>(action: () => Result): Result | undefined {
    try {
      return action();
    } catch (error) {
      const { message, stack } = loggableError(error);
      this.log.error(`telemetry failed: ${message}`, stack);
      return undefined;
    }
  }
}

/**
 * @param options `undefined` where a factory has left the plugin out
 * @throws {PropelAuthConfigurationError} without the package `@opentelemetry/api`
 */
export async function createTelemetry(
  options: Required<TelemetryOptions> | undefined,
): Promise<Telemetry | undefined> {
  if (options === undefined) return undefined;
  const api = await import('@opentelemetry/api').catch(() => undefined);
  if (api === undefined) {
    throw new PropelAuthConfigurationError(
      'telemetry() needs the package @opentelemetry/api. Run npm install @opentelemetry/api.',
    );
  }
  // Not the imported module itself: Nest's explorers read the constructor of what providers have, and an imported module has none.
  return new Telemetry({ metrics: api.metrics, trace: api.trace }, options);
}
