import type { CallTrace, DecisionOutcome } from '../options/access-decision-event.interface.js';
import type { PropelAuthApiErrorCode } from '../types/propel-auth-api-error-code.js';

/**
 * How a request to PropelAuth ended: `ok` for each complete response, including one that says no; `misconfigured` when PropelAuth does not
 * accept the options in a request for the verification key.
 */
export type RequestOutcome = 'ok' | PropelAuthApiErrorCode | 'misconfigured';

/** A request to PropelAuth. */
export interface MeasuredRequest {
  /** The function of `PropelAuthApi`, or the one that would make the guard's request. */
  readonly name: string;
  /** Who makes it: the guard, to decide about access, or the application, with `PropelAuthApi`. */
  readonly origin: 'guard' | 'application';
}

/** What a cache has counted since the application started. */
export interface CacheCounts {
  readonly entries: number;
  readonly hits: number;
  readonly misses: number;
}

/** The names of the caches in metrics. */
export type CacheName = 'access-token' | 'api-key' | 'mcp-token' | 'user-access';

/** A cache that is in use. */
export type NamedCache = readonly [CacheName, CacheCounts];

/** A port of the core, which the plugin `telemetry()` fills. It is called for every decision, and measures requests. */
export abstract class Observer {
  /**
   * Takes note of a decision.
   *
   * @param transport how the call arrived, by the name that its `Call` has
   */
  abstract decided(outcome: DecisionOutcome, transport: string): void;

  /** The span of the current call, if it has one. */
  activeTrace(): CallTrace | undefined {
    return undefined;
  }

  /**
   * Makes a request to PropelAuth, and records how long it takes.
   *
   * @param outcomeOf finds out from its error how a failed request ended
   */
  abstract measure<Answer>(
    request: MeasuredRequest,
    send: () => Promise<Answer>,
    outcomeOf: (error: unknown) => RequestOutcome,
  ): Promise<Answer>;
}
