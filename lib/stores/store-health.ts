import { inParentheses } from '../propelauth/backend/in-parentheses.js';
import type { KeyValueStore } from '../options/key-value-store.interface.js';
import { OutageLog } from '../values/outage-log.js';

/** Stores of Keyv emit errors, and an error without a listener ends the process. */
interface Emitter {
  on?: (event: 'error', listener: (error: unknown) => void) => unknown;
}

/** The name of a store for the log, and the effect of its failure. */
export interface StoreOutage {
  readonly option: string;
  readonly consequence: string;
}

/** Logs once that a store fails, however many requests meet it. */
export class StoreHealth {
  // Without a line for its end: a store that can be read may still fail to write.
  private readonly log = new OutageLog();
  private failureCount = 0;

  constructor(
    store: KeyValueStore & Emitter,
    private readonly outage: StoreOutage,
  ) {
    store.on?.('error', (error) => this.noteFailure(error));
  }

  /** How often the store has failed. */
  get failures(): number {
    return this.failureCount;
  }

  noteSuccess(): void {
    this.log.noteSuccess();
  }

  noteFailure(error: unknown): void {
    this.failureCount++;
    this.log.noteFailure(describe(this.outage, error));
  }
}

function describe({ option, consequence }: StoreOutage, error: unknown): string {
  return `${option} fails${inParentheses(error)}. ${consequence}`;
}
