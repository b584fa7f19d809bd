import { DeadlineError } from '../../backend/deadline.js';
import { errorCodeOf } from '../../backend/network-error.js';
import type { ApiKeyStore } from '../../options/api-keys-options.interface.js';
import { OutageLog } from '../../values/outage-log.js';

/** Stores of Keyv emit errors, and one that nobody listens to ends the process. */
interface Emitter {
  on?: (event: 'error', listener: (error: unknown) => void) => unknown;
}

/** Logs once that a store fails, however many requests meet it. */
export class StoreHealth {
  // Without a line for its end: a store that can be read may still fail to write.
  private readonly log = new OutageLog();
  private failureCount = 0;

  constructor(store: ApiKeyStore & Emitter) {
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
    this.log.noteFailure(describe(error));
  }
}

/** Without the error's own message: it may quote a password of the store, or what was to be stored. */
function describe(error: unknown): string {
  const kind = kindOf(error);
  return (
    `apiKeys.store fails${kind === undefined ? '' : ` (${kind})`}. ` +
    'Until it works again PropelAuth is asked about the API keys that this process does not remember itself.'
  );
}

function kindOf(error: unknown): string | undefined {
  if (error instanceof DeadlineError) return 'no answer in time';
  return errorCodeOf(error);
}
