import type { ApiKeysOptions } from './api-keys-options.interface.js';
import { PropelAuthConfigurationError } from './configuration.error.js';
import type { KeyValueStore } from './key-value-store.interface.js';
import { checkInteger, checkKeyValueStore } from './option-checks.js';

/** How end-user API keys are remembered: everything checked, and every default filled in. */
export interface ResolvedApiKeysOptions {
  readonly cacheSeconds: number;
  readonly store: KeyValueStore | undefined;
}

export function checkApiKeys(value: unknown): ResolvedApiKeysOptions {
  const { cacheSeconds, store, ...unknown } = asObject(
    value === undefined ? {} : value,
  ) as ApiKeysOptions;
  const [unknownKey] = Object.keys(unknown);
  if (unknownKey !== undefined) {
    throw new PropelAuthConfigurationError(
      `apiKeys.${unknownKey} is not an option. Remove it or correct its spelling; apiKeys takes cacheSeconds and store.`,
    );
  }
  const checkedSeconds = checkInteger('apiKeys.cacheSeconds', cacheSeconds, {
    minimum: 0,
    maximum: 300,
    fallback: 0,
  });
  return { cacheSeconds: checkedSeconds, store: checkStore(store, checkedSeconds) };
}

function asObject(value: unknown): object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new PropelAuthConfigurationError(
      'apiKeys is not an object. Give { cacheSeconds, store }, or leave it out to have PropelAuth asked for every request.',
    );
  }
  return value;
}

function checkStore(store: unknown, cacheSeconds: number): KeyValueStore | undefined {
  const checked = checkKeyValueStore('apiKeys.store', store);
  if (checked !== undefined && cacheSeconds === 0) {
    throw new PropelAuthConfigurationError(
      'apiKeys.store is of no use without apiKeys.cacheSeconds. Give the seconds for which it may remember a key, from 1 to ' +
        '300, or leave the store out.',
    );
  }
  return checked;
}
