import { readApiKeyValidation } from '../../propelauth/backend/api-key-validation.js';
import type { ApiKey } from '../../types/api-key.js';
import type { DerivedSecret } from '../../values/derived-secret.js';
import { isJsonObject } from '../../values/json-object.js';
import type { KeyValueStore } from '../../options/key-value-store.interface.js';
import { SharedStore } from '../../propelauth/backend/shared-store.js';
import type { AnswerStore } from '../../propelauth/credential-look-ups/looked-up-credential.js';
import { isCurrent, type DatedAnswer } from '../../propelauth/credential-look-ups/dated-answer.js';

const PREFIX = 'nestjs-propelauth:api-key:';

/** The approximate maximum size of PropelAuth's response. Longer values are ignored. */
const MAXIMUM_LENGTH = 1_048_576;

/** `<askedAt>.<seal>.<JSON>` */
const STORED = /^(\d{1,16})\.([\w-]{43})\.(.+)$/s;

/**
 * The valid keys that the instances of a service share. The store is optional: its content is accepted only with the seal of a service of
 * the same project, and a store that fails or hangs counts as empty.
 */
export class ValidationStore implements AnswerStore<ApiKey> {
  private readonly store: SharedStore;

  constructor(
    store: KeyValueStore,
    private readonly secret: DerivedSecret,
    private readonly lifetimeMilliseconds: number,
    /** Whether imported keys are accepted. A service with other options may have stored some. */
    private readonly acceptsImported: boolean,
  ) {
    this.store = new SharedStore(store, {
      option: 'apiKeys.store',
      consequence:
        'Until it works again, PropelAuth validates every API key that this process has not cached itself.',
    });
  }

  /** What the store holds under a cache key, if it can be trusted. */
  async get(cacheKey: string): Promise<DatedAnswer<ApiKey> | undefined> {
    const stored = await this.store.get(PREFIX + cacheKey);
    if (typeof stored !== 'string' || stored.length > MAXIMUM_LENGTH) return undefined;
    return this.open(cacheKey, stored);
  }

  /** Stores the validation of a key. No call waits for it. */
  set(cacheKey: string, { answer, askedAt }: DatedAnswer<ApiKey>): void {
    if (!isCurrent(askedAt, this.lifetimeMilliseconds)) return;
    const left = askedAt + this.lifetimeMilliseconds - Date.now();
    const json = JSON.stringify(answer);
    const seal = this.secret.macOf(sealedText(cacheKey, `${askedAt}`, json));
    const stored = `${askedAt}.${seal}.${json}`;
    void this.store.set(PREFIX + cacheKey, stored, left);
  }

  private open(cacheKey: string, stored: string): DatedAnswer<ApiKey> | undefined {
    const [, askedAt, seal, json] = STORED.exec(stored) ?? [];
    if (askedAt === undefined || seal === undefined || json === undefined) return undefined;
    if (!this.secret.isMacOf(seal, sealedText(cacheKey, askedAt, json))) return undefined;
    const value: unknown = JSON.parse(json);
    const isImported = isJsonObject(value) && value['kind'] === 'imported';
    if (isImported && !this.acceptsImported) return undefined;
    const answer = readApiKeyValidation(value, isImported);
    return answer && { answer, askedAt: Number(askedAt) };
  }
}

/** Only the last part may contain a line break: else other parts could have the same seal. */
function sealedText(cacheKey: string, askedAt: string, json: string): string {
  return [cacheKey, askedAt, json].join('\n');
}
