import { readApiKeyValidation } from '../../backend/api-key-validation.js';
import { withinDeadline } from '../../backend/deadline.js';
import type { ApiKeyStore } from '../../options/api-keys-options.interface.js';
import type { ApiKeySecrets } from './api-key-secrets.js';
import { isCurrent, type CachedValidation } from './cached-validation.js';
import { StoreHealth } from './store-health.js';

const PREFIX = 'nestjs-propelauth:api-key:';

/** What takes longer is slower than PropelAuth itself. */
const MAXIMUM_WAIT_MILLISECONDS = 500;

/** About what PropelAuth answers at most. What is longer is not looked at. */
const MAXIMUM_LENGTH = 1_048_576;

/** `<askedAt>.<seal>.<JSON>` */
const STORED = /^(\d{1,16})\.([\w-]{43})\.(.+)$/s;

/**
 * The valid keys that the instances of a service remember together. A store is a convenience: what it says is believed only
 * with the seal of a service that could have asked PropelAuth itself, and one that fails or hangs is as good as an empty one.
 */
export class ValidationStore {
  private readonly health: StoreHealth;

  constructor(
    private readonly store: ApiKeyStore,
    private readonly secrets: ApiKeySecrets,
    private readonly lifetimeMilliseconds: number,
  ) {
    this.health = new StoreHealth(store);
  }

  /** What the store holds under a cache key, if it can be trusted. */
  async get(cacheKey: string): Promise<CachedValidation | undefined> {
    const stored = await this.attempt(() => this.store.get(PREFIX + cacheKey));
    if (typeof stored !== 'string' || stored.length > MAXIMUM_LENGTH) return undefined;
    return this.open(cacheKey, stored);
  }

  /** Stores what is known about a key. Nobody has to wait for it. */
  set(cacheKey: string, { validation, askedAt }: CachedValidation): void {
    if (!isCurrent(askedAt, this.lifetimeMilliseconds)) return;
    const left = askedAt + this.lifetimeMilliseconds - Date.now();
    const json = JSON.stringify(validation);
    const stored = `${askedAt}.${this.secrets.sealOf(cacheKey, `${askedAt}`, json)}.${json}`;
    void this.attempt(() => this.store.set(PREFIX + cacheKey, stored, left));
  }

  private open(cacheKey: string, stored: string): CachedValidation | undefined {
    const [, askedAt, seal, json] = STORED.exec(stored) ?? [];
    if (askedAt === undefined || seal === undefined || json === undefined) return undefined;
    if (!this.secrets.isSealed(seal, cacheKey, askedAt, json)) return undefined;
    if (!isCurrent(Number(askedAt), this.lifetimeMilliseconds)) return undefined;
    const validation = readApiKeyValidation(JSON.parse(json));
    return validation && { validation, askedAt: Number(askedAt) };
  }

  /** What the store answers; `undefined` when it fails to, or in time. */
  private async attempt(operation: () => unknown): Promise<unknown> {
    const failures = this.health.failures;
    try {
      const result = await withinDeadline(MAXIMUM_WAIT_MILLISECONDS, async () => operation());
      // Some stores tell of an error by an event and then answer as if they had nothing.
      if (this.health.failures === failures) this.health.noteSuccess();
      return result;
    } catch (error) {
      this.health.noteFailure(error);
      return undefined;
    }
  }
}
