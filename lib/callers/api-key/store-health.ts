import { DeadlineError } from '../../backend/deadline.js';
import { isJsonObject } from '../../values/json-object.js';
import type { ApiKeyStore } from '../../options/api-keys-options.interface.js';
import { LimitedLog } from '../../values/limited-log.js';

/** Stores of Keyv emit errors, and one that nobody listens to ends the process. */
interface Emitter {
  on?: (event: 'error', listener: (error: unknown) => void) => unknown;
}

/** Logs once that a store fails, however many requests meet it. */
export class StoreHealth {
  private readonly warnings = new LimitedLog();
  private isFailing = false;
  private failureCount = 0;

  constructor(store: ApiKeyStore & Emitter) {
    store.on?.('error', (error) => this.noteFailure(error));
  }

  /** How often the store has failed. */
  get failures(): number {
    return this.failureCount;
  }

  noteSuccess(): void {
    this.isFailing = false;
  }

  noteFailure(error: unknown): void {
    this.failureCount++;
    if (!this.isFailing) this.warnings.warn(describe(error));
    this.isFailing = true;
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
  const code = isJsonObject(error) ? error['code'] : undefined;
  return typeof code === 'string' ? code : undefined;
}
