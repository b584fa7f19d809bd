import type { KeyValueStore } from '../../options/key-value-store.interface.js';
import { Outage } from '../../values/outage.js';
import { DeadlineError, withinDeadline } from './deadline.js';
import { inParentheses } from './in-parentheses.js';

/** A slower store is slower than PropelAuth itself. */
const MAXIMUM_WAIT_MILLISECONDS = 500;

/** How long a store is skipped after a missed deadline, so that not every operation waits for it. */
const PAUSE_MILLISECONDS = 5_000;

/** Stores of Keyv emit errors, and an error without a listener ends the process. */
interface Emitter {
  on?: (event: 'error', listener: (error: unknown) => void) => unknown;
}

/** The name of a store for the log, and the effect of its failure. */
interface StoreOutage {
  readonly option: string;
  readonly consequence: string;
}

/** A store of the application. A store that fails or hangs counts as empty, and the failure is logged once. */
export class SharedStore {
  // The end of an outage is not logged: a store that can be read may still fail to write.
  private readonly outage = new Outage();
  private failures = 0;
  private pausedUntil = 0;

  constructor(
    private readonly store: KeyValueStore & Emitter,
    private readonly description: StoreOutage,
  ) {
    store.on?.('error', (error) => this.noteFailure(error));
  }

  /** The stored value; `undefined` if the store fails, or does not answer in time. */
  get(key: string): Promise<unknown> {
    return this.attempt(() => this.store.get(key));
  }

  /** Stores a value; a failure is only logged. */
  async set(key: string, value: string, ttlMilliseconds: number): Promise<void> {
    await this.attempt(() => this.store.set(key, value, ttlMilliseconds));
  }

  private async attempt(operation: () => unknown): Promise<unknown> {
    if (performance.now() < this.pausedUntil) return undefined;
    const { failures } = this;
    try {
      const result = await withinDeadline(MAXIMUM_WAIT_MILLISECONDS, async () => operation());
      // Some stores report an error as an event and then respond as if they were empty.
      if (this.failures === failures) this.outage.noteSuccess();
      return result;
    } catch (error) {
      if (error instanceof DeadlineError) this.pausedUntil = performance.now() + PAUSE_MILLISECONDS;
      this.noteFailure(error);
      return undefined;
    }
  }

  private noteFailure(error: unknown): void {
    this.failures++;
    const { option, consequence } = this.description;
    this.outage.noteFailure(`${option} fails${inParentheses(error)}`, consequence);
  }
}
